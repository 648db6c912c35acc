#include "server/http/beast_message.hpp"

#include <boost/beast/http/error.hpp>

#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace trafikito::server::http {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

/// Path and query of `http://host/path?query`.
std::string_view origin_form(std::string_view target) {
    auto const scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) {
        return target;
    }
    auto const authority = target.substr(scheme + 3);
    auto const end = authority.find_first_of("/?");
    return end == std::string_view::npos ? "/" : authority.substr(end);
}

/// RFC 9110, 6.4.1.
bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

template <typename Message>
void finish(Message& message, response const& answer, bool keep_alive) {
    for (auto const& [name, value] : answer.headers) {
        message.insert(name, value);
    }
    message.keep_alive(keep_alive);
    message.prepare_payload();
}

template <typename Message>
void name_server(Message& message) {
    message.set(http::field::server, "trafikito-server");
    message.set(http::field::date, http_date(std::time(nullptr)));
}

} // namespace

request to_request(http::request<http::string_body>& message, std::string const& peer) {
    request result;
    result.method = std::string(message.method_string());
    result.target = std::string(origin_form({message.target().data(), message.target().size()}));
    if (result.target.starts_with('?')) {
        result.target.insert(0, 1, '/');
    }
    for (auto const& field : message) {
        result.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    result.body = std::move(message.body());
    result.peer = peer;
    return result;
}

http::response<http::string_body> to_message(response&& answer, unsigned version, bool keep_alive) {
    http::response<http::string_body> message(static_cast<http::status>(answer.status), version);
    name_server(message);
    bool const bodiless = has_no_body(answer.status);
    if (!bodiless) {
        message.set(http::field::content_type, answer.content_type);
        message.body() = std::move(answer.body);
    }
    finish(message, answer, keep_alive);
    if (bodiless) {
        message.content_length(boost::none);
    }
    return message;
}

http::response<http::span_body<char const>> to_shared_message(response const& answer,
                                                              unsigned version, bool keep_alive) {
    http::response<http::span_body<char const>> message(static_cast<http::status>(answer.status),
                                                        version);
    name_server(message);
    message.set(http::field::content_type, answer.content_type);
    message.body() = {answer.shared_body->data(), answer.shared_body->size()};
    finish(message, answer, keep_alive);
    return message;
}

http::response<http::empty_body> to_stream_message(response const& answer, unsigned version) {
    http::response<http::empty_body> message(static_cast<http::status>(answer.status), version);
    name_server(message);
    message.set(http::field::content_type, answer.content_type);
    for (auto const& [name, value] : answer.headers) {
        message.insert(name, value);
    }
    message.keep_alive(false);
    message.chunked(version >= 11);
    return message;
}

std::string as_chunk(std::string_view bytes) {
    std::array<char, 20> size{};
    auto const end = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    std::string chunk(size.data(), static_cast<std::size_t>(end));
    return chunk.append(bytes).append("\r\n");
}

std::string http_date(std::time_t seconds) {
    constexpr std::array<char const*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  days.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                  months.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                  parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text.data();
}

unsigned status_of(error_code const& failed, http::request_header<> const& read) {
    if (failed == http::error::header_limit) {
        return 431;
    }
    if (failed == http::error::body_limit || failed == http::error::buffer_overflow) {
        return 413;
    }
    if (failed == http::error::bad_transfer_encoding) {
        return read.count(http::field::content_length) == 0 ? 501 : 400;
    }
    bool const gone =
        failed == http::error::end_of_stream || failed == http::error::partial_message;
    bool const unreadable =
        failed.category() == make_error_code(http::error::bad_method).category();
    return unreadable && !gone ? 400 : 0;
}

} // namespace trafikito::server::http
