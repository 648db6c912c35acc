#include "server/http/beast_message.hpp"

#include <boost/beast/http/error.hpp>

#include <utility>

namespace trafikito::server::http {

namespace http = boost::beast::http;
using boost::system::error_code;

request to_request(http::request<http::string_body>& message, std::string const& peer) {
    request result;
    result.method = std::string(message.method_string());
    result.target = std::string(message.target());
    for (auto const& field : message) {
        result.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    result.body = std::move(message.body());
    result.peer = peer;
    return result;
}

http::response<http::string_body> to_message(response&& answer, unsigned version, bool keep_alive) {
    http::response<http::string_body> message(static_cast<http::status>(answer.status), version);
    message.set(http::field::server, "trafikito-server");
    message.set(http::field::content_type, answer.content_type);
    for (auto const& [name, value] : answer.headers) {
        message.set(name, value);
    }
    message.body() = std::move(answer.body);
    message.keep_alive(keep_alive);
    message.prepare_payload();
    return message;
}

unsigned status_of(error_code const& failed) {
    if (failed == http::error::header_limit) {
        return 431;
    }
    if (failed == http::error::body_limit || failed == http::error::buffer_overflow) {
        return 413;
    }
    bool const gone =
        failed == http::error::end_of_stream || failed == http::error::partial_message;
    bool const unreadable =
        failed.category() == make_error_code(http::error::bad_method).category();
    return unreadable && !gone ? 400 : 0;
}

} // namespace trafikito::server::http
