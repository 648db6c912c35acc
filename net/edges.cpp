#include "net/edges.hpp"

#include "net/answer.hpp"
#include "net/plain_text.hpp"

namespace trafikito::net {

namespace {

namespace asio = boost::asio;

failure all_dead(std::vector<failure> const& dead) {
    failure why;
    why.at = dead.back().at;
    why.retryable = true;
    why.what = "no address of the API answers";
    for (auto const& one : dead) {
        why.what += (&one == &dead.front() ? ": " : ", ") + one.message();
    }
    return why;
}

} // namespace

edges::edges(std::vector<endpoint> bases, http_client& client, std::mt19937 engine, trace log)
    : bases_(std::move(bases)), client_(client), log_(std::move(log)),
      current_(std::uniform_int_distribution<std::size_t>(0, bases_.size() - 1)(engine)),
      proven_(bases_.size() == 1) {}

asio::awaitable<result<response>> edges::send(std::string path, request what) {
    std::vector<failure> dead;
    if (!proven_ && !co_await find_other(current_, bases_.size(), dead)) {
        co_return all_dead(dead);
    }
    auto answer = co_await send_to(current_, path, what);
    bool const no_answer = answer.has_error() && answer.error().at < step::answer;
    if (!no_answer || bases_.size() == 1) {
        co_return answer;
    }
    say(answer.error().message() + "; asks the other addresses");
    dead = {answer.error()};
    auto const first = current_ + 1;
    proven_ = false;
    if (!co_await find_other(first, bases_.size() - 1, dead)) {
        co_return all_dead(dead);
    }
    co_return co_await send_to(current_, path, std::move(what));
}

asio::awaitable<result<response>> edges::send_to(std::size_t edge, std::string const& path,
                                                 request what) {
    what.to = bases_[edge].below(path);
    return client_.send(std::move(what));
}

/// Makes the first of `count` edges from `first` on, in a ring, that says OK the current one.
asio::awaitable<bool> edges::find_other(std::size_t first, std::size_t count,
                                        std::vector<failure>& dead) {
    for (std::size_t i = 0; i < count; ++i) {
        auto const candidate = (first + i) % bases_.size();
        auto const alive = co_await ping(bases_[candidate]);
        if (alive) {
            current_ = candidate;
            proven_ = true;
            say("uses " + bases_[candidate].origin());
            co_return true;
        }
        say(alive.error().message());
        dead.push_back(alive.error());
    }
    co_return false;
}

asio::awaitable<result<void>> edges::ping(endpoint base) {
    request ask;
    ask.to = base.below("v2/ping");
    ask.content_type = "text/plain";
    ask.headers.emplace_back("Cache-Control", "no-cache");
    auto const answer = co_await client_.send(std::move(ask));
    if (!answer) {
        co_return answer.error();
    }
    if (answer->status / 100 != 2 || trim(answer->content) != "OK") {
        co_return refused(*answer, "HTTP " + std::to_string(answer->status) + " to ping, not OK",
                          {});
    }
    co_return result<void>();
}

void edges::say(std::string const& line) const {
    if (log_) {
        log_(line);
    }
}

} // namespace trafikito::net
