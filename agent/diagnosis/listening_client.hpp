#pragma once
// A net::api::client that passes questions on and keeps what came back, as it came: whoever reads
// what the cycle made of it reads words alone.

#include "net/api/client.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <string>
#include <utility>

namespace trafikito::agent::diagnosis {

class listening_client final : public net::api::client {
public:
    /// `inner` must outlive it.
    explicit listening_client(net::api::client& inner) : inner_(inner) {}

    boost::asio::awaitable<net::link::result<net::api::order_answer>>
    fetch_order(std::string previous_token, net::link::steady_time until) override {
        auto answer = co_await inner_.fetch_order(std::move(previous_token), until);
        heard = answer;
        co_return answer;
    }
    boost::asio::awaitable<net::link::result<void>>
    send_report(net::api::report_delivery delivery) override {
        return inner_.send_report(std::move(delivery));
    }
    boost::asio::awaitable<net::link::result<void>>
    send_feedback(net::api::feedback what, net::link::steady_time until) override {
        return inner_.send_feedback(std::move(what), until);
    }
    boost::asio::awaitable<net::link::result<std::string>>
    fetch_widget(std::string id, net::link::steady_time until) override {
        return inner_.fetch_widget(std::move(id), until);
    }
    boost::asio::awaitable<net::link::result<void>>
    confirm_widget(net::api::widget_result what) override {
        return inner_.confirm_widget(std::move(what));
    }
    [[nodiscard]] std::string answered_by() const override { return inner_.answered_by(); }
    [[nodiscard]] std::string edge() const override { return inner_.edge(); }
    [[nodiscard]] bool wants_machine() const override { return inner_.wants_machine(); }
    [[nodiscard]] std::chrono::seconds least_interval() const override {
        return inner_.least_interval();
    }

    std::optional<net::link::result<net::api::order_answer>> heard;

private:
    net::api::client& inner_;
};

} // namespace trafikito::agent::diagnosis
