#pragma once
// A net::api that tries again what is safe to repeat (retry_policy.hpp), for the cycle. An order is
// asked for again only when no answer came, or 408, 429 or 5xx did: an order, an error object of
// the API or nonsense is an answer, and the next question waits for the next cycle (PROTOCOL.md: at
// most once a minute). A report is sent again until it is accepted or refused. Feedback and widgets
// are tried once. Where the answer to an order was lost, the API may have counted the question and
// say "too often" to the next: that is the answer then, and the cycle ends calmly.

#include "net/api/client.hpp"
#include "net/retry/retry_policy.hpp"

#include <functional>
#include <random>
#include <string>

namespace trafikito::net::retry {

class retrying final : public api::client {
public:
    /// `inner` and `memory` must outlive it. Each failed try is told to `log`.
    retrying(api::client& inner, retry_policy policy, retry_memory& memory, std::mt19937 engine,
             link::timing time, http::trace log)
        : inner_(inner), policy_(policy), memory_(memory), engine_(engine), time_(std::move(time)),
          log_(std::move(log)) {}

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

    /// Called before an order is asked for once more, so that it can be noted when that was.
    void before_asking_again(std::function<void()> note) { asking_again_ = std::move(note); }

    /// How long after its first try the last order request was answered, or, where no answer came,
    /// its last try began: the next cycle is to come that much later, so that two questions are
    /// never less than an interval apart, by the API's count either.
    [[nodiscard]] std::chrono::milliseconds order_lateness() const { return order_lateness_; }

private:
    template <class T, class Try>
    boost::asio::awaitable<link::result<T>> repeat(bool& answered, link::steady_time until,
                                                   Try once, link::steady_time& last_try);
    [[nodiscard]] std::optional<link::failure> no_time(link::steady_time until) const;
    [[nodiscard]] link::failure asked_to_wait(link::steady_time now) const;
    void say(std::string const& line) const;

    api::client& inner_;
    retry_policy policy_;
    retry_memory& memory_;
    std::mt19937 engine_;
    link::timing time_;
    http::trace log_;
    std::function<void()> asking_again_;
    std::chrono::milliseconds order_lateness_{0};
};

} // namespace trafikito::net::retry
