#pragma once
// The tunnel through an HTTP proxy (CONNECT: RFC 9110, 9.3.6), over any stream. A template, so that
// a test can fail its n-th operation; private to net/. It knows no time: its caller bounds it.

#include "net/http/exchange.hpp"
#include "net/link/proxy.hpp"

#include <boost/beast/http/empty_body.hpp>

namespace trafikito::net::http {

/// The request for a tunnel to `target` (`api.example:443`).
std::string connect_request(link::proxy const& through, std::string const& target,
                            std::string const& user_agent);

/// The failure in a proxy's answer; nothing when it opened the tunnel (2xx).
std::optional<link::failure> find_proxy_refusal(link::proxy const& through,
                                                std::string const& target, unsigned status,
                                                std::string_view reason);

/// From now on `stream` is a way to `target`, unless this failed.
template <class Stream>
boost::asio::awaitable<std::optional<link::failure>>
open_tunnel(Stream& stream, link::proxy const& through, std::string const& target,
            std::string const& user_agent, link::progress& progress) {
    namespace http = boost::beast::http;
    auto const quiet = boost::asio::as_tuple(boost::asio::use_awaitable);
    progress.enter(link::step::proxy);
    auto const text = connect_request(through, target, user_agent);
    auto const bytes = boost::asio::buffer(text);
    transfer_result const sent = co_await boost::asio::async_write(stream, bytes, quiet);
    auto error = std::get<0>(sent);
    boost::beast::flat_buffer buffer(2 * max_answer_header);
    std::optional<http::response_parser<http::empty_body>> parser;
    bool interim = true;
    for (std::size_t count = 0; interim && !error; ++count) {
        parser.emplace();
        parser->header_limit(max_answer_header);
        parser->skip(true); // neither length nor body mean anything here
        error = co_await receive_head(stream, buffer, *parser);
        interim = parser->get().result_int() < 200;
        if (!error && interim && count == max_interim_answers) {
            error = link::exchange_error::too_many_interim_answers;
        }
    }
    if (!error) {
        auto refused =
            find_proxy_refusal(through, target, parser->get().result_int(), parser->get().reason());
        if (refused) {
            co_return refused;
        }
        // A TLS peer does not speak first.
        error = buffer.size() == 0
                    ? error
                    : link::make_error_code(link::exchange_error::bytes_after_tunnel);
    }
    if (error) {
        auto why = link::failed_at(progress, target, error);
        why.what = "the proxy " + through.to.peer() + ": " + why.what;
        co_return why;
    }
    co_return std::nullopt;
}

} // namespace trafikito::net::http
