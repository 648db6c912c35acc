#include "net/retry/retrying.hpp"

#include "base/units.hpp"

#include <utility>

namespace trafikito::net::retry {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Upwards: what is announced is never too short.
std::string seconds_text(link::steady_time::duration wait) {
    return std::to_string(std::chrono::ceil<seconds>(wait).count()) + " s";
}

} // namespace

template <class T, class Try>
asio::awaitable<link::result<T>> retrying::repeat(bool& answered, link::steady_time until, Try once,
                                                  order_watch* watch) {
    tries attempts(policy_, memory_, answered, until);
    if (auto const now = time_.now(); !attempts.may_begin(now)) {
        if (watch != nullptr) {
            watch->not_asked();
        }
        co_return asked_to_wait(now);
    }
    for (;;) {
        auto got = co_await once(attempts.limit(time_.now()));
        if (watch != nullptr && !got && got.error().unsent) {
            watch->not_asked();
        }
        if (got || !got.error().retryable) {
            attempts.succeeded();
            co_return got;
        }
        auto why = got.error();
        auto const now = time_.now();
        auto const again = attempts.failed(now, why.retry_after, engine_);
        say("try " + std::to_string(attempts.ended()) + " failed: " + why.message() +
            (again ? "; the next one in " +
                         base::in_seconds(std::chrono::ceil<milliseconds>(*again - now))
                   : ""));
        if (!again) {
            if (attempts.ended() > 1) {
                why.what += " (after " + std::to_string(attempts.ended()) + " tries)";
            }
            co_return why;
        }
        co_await time_.sleep_until(*again);
    }
}

asio::awaitable<link::result<api::order_answer>> retrying::fetch_order(std::string previous_token,
                                                                       link::steady_time until) {
    bool asked = false;
    auto const once = [&](link::steady_time limit) {
        if (std::exchange(asked, true) && watch_ != nullptr) {
            watch_->asking_again();
        }
        return inner_.fetch_order(previous_token, limit);
    };
    co_return co_await repeat<api::order_answer>(memory_.orders_answered, until, once, watch_);
}

asio::awaitable<link::result<void>> retrying::send_report(api::report_delivery delivery) {
    auto const once = [&](link::steady_time limit) {
        auto copy = delivery;
        copy.until = limit;
        return inner_.send_report(std::move(copy));
    };
    co_return co_await repeat<void>(memory_.reports_answered, delivery.until, once, nullptr);
}

asio::awaitable<link::result<void>> retrying::send_feedback(api::feedback what,
                                                            link::steady_time until) {
    if (auto why = no_time(until)) {
        co_return std::move(*why);
    }
    co_return co_await inner_.send_feedback(std::move(what), until);
}

asio::awaitable<link::result<std::string>> retrying::fetch_widget(std::string id,
                                                                  link::steady_time until) {
    if (auto why = no_time(until)) {
        co_return std::move(*why);
    }
    co_return co_await inner_.fetch_widget(std::move(id), until);
}

asio::awaitable<link::result<void>> retrying::confirm_widget(api::widget_result what) {
    if (auto why = no_time(what.until)) {
        co_return std::move(*why);
    }
    co_return co_await inner_.confirm_widget(std::move(what));
}

std::optional<link::failure> retrying::no_time(link::steady_time until) const {
    auto const now = time_.now();
    if (now < memory_.not_before) {
        return asked_to_wait(now);
    }
    if (now < until) {
        return std::nullopt;
    }
    link::failure why;
    why.at = link::step::send;
    why.what = "no time is left in this cycle";
    why.retryable = true;
    return why;
}

link::failure retrying::asked_to_wait(link::steady_time now) const {
    link::failure why;
    why.at = link::step::send;
    why.unsent = true;
    why.what = "nothing was sent: the API asked to be left alone for another " +
               seconds_text(memory_.not_before - now) + " (Retry-After)";
    why.retryable = true;
    return why;
}

void retrying::say(std::string const& line) const {
    if (log_) {
        log_(line);
    }
}

} // namespace trafikito::net::retry
