#include "test/agent/fake_api.hpp"

#include <boost/system/system_error.hpp>

namespace trafikito::test {

namespace asio = boost::asio;

std::string text_of(net::http::body const& content) {
    std::string text;
    net::http::body_reader reader(content);
    boost::system::error_code failed;
    for (auto piece = reader.next(failed); !piece.empty(); piece = reader.next(failed)) {
        text += piece;
    }
    if (failed) {
        throw boost::system::system_error(failed);
    }
    return text;
}

asio::awaitable<net::link::result<net::api::order_answer>>
fake_api::fetch_order(std::string previous_token, net::link::steady_time until) {
    order_until = until;
    previous.push_back(std::move(previous_token));
    if (on_fetch) {
        on_fetch();
    }
    co_return next_answer;
}

asio::awaitable<net::link::result<void>> fake_api::send_report(net::api::report_delivery delivery) {
    reports.push_back(text_of(delivery.report));
    tokens.push_back(delivery.token);
    collected_at.push_back(delivery.collected_at);
    ids.push_back(delivery.id);
    report_until = delivery.until;
    co_return on_report ? on_report() : report_answer;
}

asio::awaitable<net::link::result<void>> fake_api::send_feedback(net::api::feedback what,
                                                                 net::link::steady_time /*until*/) {
    feedback.push_back(std::move(what));
    co_return net::link::result<void>();
}

asio::awaitable<net::link::result<std::string>>
fake_api::fetch_widget(std::string id, net::link::steady_time /*until*/) {
    widgets_fetched.push_back(id);
    co_return widgets.at(id);
}

asio::awaitable<net::link::result<void>> fake_api::confirm_widget(net::api::widget_result what) {
    widgets_confirmed.push_back(what.id + ' ' + what.name + '\n' + text_of(what.section));
    co_return net::link::result<void>();
}

net::link::failure failure_of(unsigned status) {
    net::link::failure why;
    why.at = status == 0 ? net::link::step::connect : net::link::step::answer;
    why.peer = "api.example:443";
    why.what = status == 0 ? "the connection was refused" : "HTTP " + std::to_string(status);
    why.status = status;
    why.retryable = status == 0 || status >= 500;
    return why;
}

} // namespace trafikito::test
