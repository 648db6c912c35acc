#include "server/people/watch.hpp"

#include "server/people/answers.hpp"
#include "server/people/json_values.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace trafikito::server::people {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
/// A look that takes long is taken as much more rarely.
constexpr int part_of_others = 20;

std::string event(std::string_view name, std::string_view data) {
    return "event: " + std::string(name) + "\ndata: " + std::string(data) + "\n\n";
}

/// `[a,b]` of values that are JSON already.
std::string list_of(std::vector<std::string> const& values) {
    std::string list = "[";
    for (auto const& each : values) {
        list += (list.size() == 1 ? "" : ",") + each;
    }
    return list + "]";
}

} // namespace

/// One who looks: what he has not read yet.
class watch::viewer : public http::body_stream, public std::enable_shared_from_this<viewer> {
public:
    viewer(watch& of, caller who) : of_(&of), who_(std::move(who)), news_(of.with_.serving) {}

    [[nodiscard]] caller const& who() const { return who_; }

    void say(std::string_view text) {
        if (unread_.size() + text.size() > of_->limits_.max_unread) {
            end(); // he comes again, and reads all anew
            return;
        }
        unread_ += text;
        news_.cancel();
    }
    void end() {
        ended_ = true;
        news_.cancel();
    }
    void leave_alone() {
        of_ = nullptr;
        end();
    }

    asio::awaitable<std::string> next() override {
        if (unread_.empty() && !ended_) {
            news_.expires_after(of_->limits_.beat);
            co_await news_.async_wait(as_result);
        }
        // Also where there is always news: whoever has logged out reads on for a beat at most.
        if (!ended_ && (unread_.empty() || steady::now() - asked_ >= of_->limits_.beat)) {
            bool const good = co_await still_good();
            asked_ = steady::now();
            unread_ += good && unread_.empty() ? ": \n\n" : "";
        }
        co_return ended_ ? std::string() : std::exchange(unread_, {});
    }

    void close() override {
        if (of_ != nullptr) {
            of_->viewers_.erase(shared_from_this());
        }
        end();
    }

private:
    // When the database does not answer, nobody is sent away for it.
    asio::awaitable<bool> still_good() {
        try {
            auto ask = of_->gate_.still_valid(who_);
            bool const good = co_await std::move(ask);
            ended_ |= !good;
        } catch (store::store_error const& failed) {
            of_->with_.log.debug(std::string("whether somebody may still look is not known: ") +
                                 failed.what());
        }
        co_return !ended_;
    }

    watch* of_; ///< null: it is no more
    caller who_;
    asio::steady_timer news_;
    std::string unread_;
    steady::time_point asked_ = steady::now(); ///< whether he may look
    bool ended_ = false;
};

watch::watch(means with, gatekeeper& gate, board& shown, watch_limits limits)
    : with_(std::move(with)), gate_(gate), board_(shown), limits_(limits),
      next_look_(with_.serving) {}

watch::~watch() {
    for (auto const& each : viewers_) {
        each->leave_alone();
    }
}

void watch::stop() {
    stopping_ = true;
    next_look_.cancel();
    for (auto const& each : viewers_) {
        each->end();
    }
}

asio::awaitable<void> watch::follow() {
    while (!stopping_) {
        auto const begun = steady::now();
        board::news found;
        std::string problem;
        try {
            auto look = [this, now = with_.now()](store::store& kept) {
                return board_.look(kept, now);
            };
            auto work = with_.reads.run(0, std::move(look));
            found = co_await std::move(work);
        } catch (store::store_error const& failure) {
            problem = std::string("what people see stands still: ") + failure.what();
        }
        with_.log.on_change(base::severity::warning, "the board", problem);
        tell(found);
        auto const pause = viewers_.empty() ? limits_.pause_of_none : limits_.pause;
        next_look_.expires_after(found.more ? steady::duration(0)
                                            : std::max<steady::duration>(
                                                  pause, (steady::now() - begun) * part_of_others));
        co_await next_look_.async_wait(as_result);
    }
}

void watch::tell(board::news const& what) {
    if (viewers_.empty()) {
        return;
    }
    std::string all;
    if (!what.changed.empty()) {
        all += event("machines", list_of(what.changed));
    }
    for (auto const& id : what.removed) {
        all += event("removed", to_text(boost::json::object{{"id", id}}));
    }
    if (!what.reports.empty()) {
        all += event("reports", list_of(what.reports));
    }
    if (!all.empty()) {
        say(all);
    }
}

void watch::say(std::string const& text) {
    for (auto const& each : viewers_) {
        each->say(text);
    }
}

void watch::add_to(router& routes) {
    routes.add({"GET", "/api/v1/events", access::reader,
                [this](call_ptr what) { return events(std::move(what)); }});
}

answering watch::events(call_ptr what) {
    auto const of_this_one = std::ranges::count_if(
        viewers_, [&](auto const& each) { return each->who().sender() == what->who.sender(); });
    if (stopping_ || viewers_.size() >= limits_.max_viewers ||
        static_cast<std::size_t>(of_this_one) >= limits_.max_of_one) {
        throw failure(too_many, "Too many are looking already. Try again later.");
    }
    auto const one = std::make_shared<viewer>(*this, what->who);
    one->say("retry: 2000\n" +
             event("hello", to_text(boost::json::object{{"now", to_milliseconds(with_.now())}})));
    http::response answer;
    answer.content_type = "text/event-stream; charset=utf-8";
    answer.stream = one;
    viewers_.insert(one);
    next_look_.cancel(); // for a look at once
    co_return answer;
}

} // namespace trafikito::server::people
