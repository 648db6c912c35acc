#include "net/api/edges.hpp"

#include "base/ascii.hpp"
#include "net/api/answer.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::net::api {

namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds longest_ping{5};
constexpr seconds away_at_least = hours{1}; ///< and up to twice of it, so that a fleet spreads

/// `unsent`: what was to be sent is; the pings are not.
link::failure all_dead(std::vector<link::failure> const& dead, bool unsent) {
    link::failure why;
    why.unsent = unsent;
    why.at = dead.back().at;
    why.retryable = std::ranges::any_of(dead, &link::failure::retryable);
    why.foreign = std::ranges::any_of(dead, &link::failure::foreign);
    why.what = "no address of the API answers";
    for (auto const& one : dead) {
        why.retry_after = std::max(why.retry_after, one.retry_after);
        why.what += (&one == &dead.front() ? ": " : ", ") + one.message();
    }
    return why;
}

std::size_t any_below(std::size_t count, std::mt19937& engine) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine);
}

/// It may be broken (an overloaded one says when to come back), or somebody stands before it.
bool is_suspicious(http::response const& answer) {
    return (answer.status / 100 == 5 && answer.retry_after == seconds(0)) ||
           is_page(answer.content);
}

} // namespace

edges::edges(std::vector<link::endpoint> bases, http::client& transport, std::mt19937 engine,
             http::trace log, link::now_function now, std::string_view known)
    : bases_(std::move(bases)), client_(transport), engine_(engine), log_(std::move(log)),
      now_(std::move(now)), home_(any_below(bases_.size(), engine_)), current_(home_),
      proven_(bases_.size() == 1) {
    auto const before =
        std::ranges::find_if(bases_, [&](auto const& base) { return base.origin() == known; });
    if (before != bases_.end()) {
        home_ = current_ = static_cast<std::size_t>(before - bases_.begin());
        proven_ = true;
    }
}

std::string edges::proven() const {
    return proven_ && bases_.size() > 1 ? bases_[current_].origin() : std::string();
}

asio::awaitable<link::result<http::response>> edges::send(std::string path, http::request what,
                                                          link::steady_time until) {
    if (bases_.size() == 1) {
        co_return co_await send_to(0, path, std::move(what), until);
    }
    std::vector<link::failure> dead;
    if (proven_ && current_ != home_ && now_() >= return_at_) {
        co_await return_home(until);
    }
    if (!proven_) {
        auto all = others();
        all.insert(all.begin(), current_);
        bool const found = co_await find(std::move(all), until, dead);
        if (!found) {
            co_return all_dead(dead, true);
        }
    }
    auto answer = co_await send_to(current_, path, what, half_way(until));
    bool const no_answer = answer.has_error() && answer.error().at < link::step::answer;
    if (!no_answer) {
        proven_ = !answer || !is_suspicious(*answer);
        co_return answer;
    }
    say(answer.error().message() + "; asks the other addresses");
    dead = {answer.error()};
    proven_ = false;
    bool const found = co_await find(others(), until, dead);
    bool const unsent = answer.error().unsent;
    if (!found) {
        co_return all_dead(dead, unsent);
    }
    auto second = co_await send_to(current_, path, std::move(what), until);
    if (!second && !unsent) {
        auto why = second.error();
        why.unsent = false;
        co_return why;
    }
    co_return second;
}

asio::awaitable<link::result<http::response>> edges::send_to(std::size_t edge,
                                                             std::string const& path,
                                                             http::request what,
                                                             link::steady_time until) {
    what.to = bases_[edge].below(path);
    what.timeout = time_left(until, now_);
    return client_.send(std::move(what));
}

/// Makes the first of the candidates that says OK the current one.
asio::awaitable<bool> edges::find(std::vector<std::size_t> candidates, link::steady_time until,
                                  std::vector<link::failure>& dead) {
    for (auto const candidate : candidates) {
        if (!dead.empty() && now_() >= until) {
            say("no time is left to ask " + bases_[candidate].origin());
            break;
        }
        auto const alive = co_await ping(bases_[candidate], until);
        if (alive) {
            use(candidate);
            co_return true;
        }
        say(alive.error().message());
        dead.push_back(alive.error());
    }
    co_return false;
}

asio::awaitable<void> edges::return_home(link::steady_time until) {
    auto const alive = co_await ping(bases_[home_], until);
    if (alive) {
        use(home_);
    } else {
        use(current_);
        say(alive.error().message());
    }
}

void edges::use(std::size_t edge) {
    current_ = edge;
    proven_ = true;
    std::uniform_int_distribution<seconds::rep> more(0, away_at_least.count());
    return_at_ = now_() + away_at_least + seconds(more(engine_));
    say("uses " + bases_[edge].origin());
}

/// The home edge first, where it is another, then the rest in any order.
std::vector<std::size_t> edges::others() {
    std::vector<std::size_t> list;
    for (std::size_t edge = 0; edge < bases_.size(); ++edge) {
        if (edge != current_) {
            list.push_back(edge);
        }
    }
    std::ranges::shuffle(list, engine_);
    if (auto const home = std::ranges::find(list, home_); home != list.end()) {
        std::rotate(list.begin(), home, std::next(home));
    }
    return list;
}

link::steady_time edges::half_way(link::steady_time until) const {
    auto const now = now_();
    return until == link::no_limit
               ? link::no_limit
               : now + std::max((until - now) / 2, link::steady_time::duration());
}

asio::awaitable<link::result<void>> edges::ping(link::endpoint base, link::steady_time until) {
    http::request ask;
    ask.to = base.below("v2/ping");
    ask.content_type = "text/plain";
    ask.headers.emplace_back("Cache-Control", "no-cache");
    ask.timeout = time_left(std::min(until, now_() + longest_ping), now_);
    ask.repeatable = true;
    auto const answer = co_await client_.send(std::move(ask));
    if (!answer) {
        co_return answer.error();
    }
    if (answer->status / 100 != 2 || base::trim_white_space(answer->content) != "OK") {
        co_return refused(*answer, "HTTP " + std::to_string(answer->status) + " to ping, not OK",
                          {});
    }
    co_return link::result<void>();
}

void edges::say(std::string const& line) const {
    if (log_) {
        log_(line);
    }
}

} // namespace trafikito::net::api
