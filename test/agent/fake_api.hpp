#pragma once
// An API that answers what the test says and keeps what it was sent.

#include "net/api/client.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace trafikito::test {

/// All of it, the ranges of files included.
std::string text_of(net::http::body const& content);

/// As of an HTTP status, or, for 0, of a connection that was refused.
net::link::failure failure_of(unsigned status);

class fake_api final : public net::api::client {
public:
    boost::asio::awaitable<net::link::result<net::api::order_answer>>
    fetch_order(std::string previous_token, net::link::steady_time until) override;
    boost::asio::awaitable<net::link::result<void>>
    send_report(net::api::report_delivery delivery) override;
    boost::asio::awaitable<net::link::result<void>>
    send_feedback(net::api::feedback what, net::link::steady_time until) override;
    boost::asio::awaitable<net::link::result<std::string>>
    fetch_widget(std::string id, net::link::steady_time until) override;
    boost::asio::awaitable<net::link::result<void>>
    confirm_widget(net::api::widget_result what) override;
    [[nodiscard]] std::string answered_by() const override { return "api.example:443"; }

    net::link::result<net::api::order_answer> next_answer =
        net::api::order_answer(net::api::unchanged());
    net::link::result<void> report_answer;
    std::function<void()> on_fetch; ///< called when an order is asked for

    std::vector<std::string> previous;
    std::vector<std::string> reports;
    std::vector<std::string> tokens;
    std::vector<std::string> collected_at; ///< empty of a report that is not late
    std::vector<std::string> ids;
    std::function<net::link::result<void>()> on_report; ///< answers in place of report_answer
    std::vector<net::api::feedback> feedback;
    std::map<std::string, std::string> widgets; ///< the API's answers, by id
    std::vector<std::string> widgets_fetched;
    std::vector<std::string> widgets_confirmed; ///< `ID NAME\nSECTION`
    net::link::steady_time order_until;
    net::link::steady_time report_until;
};

} // namespace trafikito::test
