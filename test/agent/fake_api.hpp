#pragma once
// An API that answers what the test says and keeps what it was sent.

#include "net/api/client.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace trafikito::test {

/// All of it, the ranges of files included.
std::string text_of(net::body const& content);

/// As of an HTTP status, or, for 0, of a connection that was refused.
net::failure failure_of(unsigned status);

class fake_api final : public net::api {
public:
    boost::asio::awaitable<net::result<net::order_answer>>
    fetch_order(std::string previous_token, net::steady_time until) override;
    boost::asio::awaitable<net::result<void>> send_report(net::report_delivery delivery) override;
    boost::asio::awaitable<net::result<void>> send_feedback(net::feedback what,
                                                            net::steady_time until) override;
    boost::asio::awaitable<net::result<std::string>> fetch_widget(std::string id,
                                                                  net::steady_time until) override;
    boost::asio::awaitable<net::result<void>> confirm_widget(net::widget_result what) override;
    [[nodiscard]] std::string answered_by() const override { return "api.example:443"; }

    net::result<net::order_answer> next_answer = net::order_answer(net::unchanged());
    net::result<void> report_answer;
    std::function<void()> on_fetch; ///< called when an order is asked for

    std::vector<std::string> previous;
    std::vector<std::string> reports;
    std::vector<std::string> tokens;
    std::vector<std::string> collected_at; ///< empty of a report that is not late
    std::vector<std::string> ids;
    std::function<net::result<void>()> on_report; ///< answers in place of report_answer
    std::vector<net::feedback> feedback;
    std::map<std::string, std::string> widgets; ///< the API's answers, by id
    std::vector<std::string> widgets_fetched;
    std::vector<std::string> widgets_confirmed; ///< `ID NAME\nSECTION`
    net::steady_time order_until;
    net::steady_time report_until;
};

} // namespace trafikito::test
