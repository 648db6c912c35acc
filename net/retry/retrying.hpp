#pragma once
// A net::api that tries again what is safe to repeat (retry_policy.hpp), for the cycle. An order is
// asked for again only when no answer came, or 408, 429 or 5xx did: an order, an error object of
// the API or nonsense is an answer, and the next question waits for the next cycle (doc/design.md,
// "The once-a-minute rule"). A report is sent again until it is accepted or refused. Feedback and
// widgets are tried once. Where the answer to an order was lost, the API may have counted the
// question and say "too often" to the next: that is the answer then, and the cycle ends calmly.

#include "net/api/client.hpp"
#include "net/retry/retry_policy.hpp"

#include <random>
#include <string>

namespace trafikito::net::retry {

/// Told what only whoever repeats a question knows. The agent notes when an order was asked for
/// last (agent/order_pace.hpp).
class order_watch {
public:
    virtual ~order_watch() = default;

    /// No answer came, and the order is asked for once more when this returns.
    virtual void asking_again() = 0;

    /// The try that just failed ended before a byte of the question went out: the API was not asked
    /// by it.
    virtual void not_asked() = 0;
};

class retrying final : public api::client {
public:
    /// `inner`, `memory` and `watch` (which may be none) must outlive it. Each failed try is told
    /// to `log`.
    retrying(api::client& inner, retry_policy policy, retry_memory& memory, std::mt19937 engine,
             link::timing time, http::trace log, order_watch* watch = nullptr)
        : inner_(inner), policy_(policy), memory_(memory), engine_(engine), time_(std::move(time)),
          log_(std::move(log)), watch_(watch) {}

    boost::asio::awaitable<link::result<api::order_answer>>
    fetch_order(std::string previous_token, link::steady_time until) override;
    boost::asio::awaitable<link::result<void>> send_report(api::report_delivery delivery) override;
    boost::asio::awaitable<link::result<void>> send_feedback(api::feedback what,
                                                             link::steady_time until) override;
    boost::asio::awaitable<link::result<std::string>>
    fetch_widget(std::string id, link::steady_time until) override;
    boost::asio::awaitable<link::result<void>> confirm_widget(api::widget_result what) override;

    [[nodiscard]] std::string answered_by() const override { return inner_.answered_by(); }
    [[nodiscard]] std::string edge() const override { return inner_.edge(); }
    [[nodiscard]] bool wants_machine() const override { return inner_.wants_machine(); }
    [[nodiscard]] std::chrono::seconds least_interval() const override {
        return inner_.least_interval();
    }

private:
    template <class T, class Try>
    boost::asio::awaitable<link::result<T>> repeat(bool& answered, link::steady_time until,
                                                   Try once, order_watch* watch);
    [[nodiscard]] std::optional<link::failure> no_time(link::steady_time until) const;
    [[nodiscard]] link::failure asked_to_wait(link::steady_time now) const;
    void say(std::string const& line) const;

    api::client& inner_;
    retry_policy policy_;
    retry_memory& memory_;
    std::mt19937 engine_;
    link::timing time_;
    http::trace log_;
    order_watch* watch_;
};

} // namespace trafikito::net::retry
