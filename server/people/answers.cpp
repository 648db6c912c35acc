#include "server/people/answers.hpp"

#include "base/ascii.hpp"
#include "server/people/json_values.hpp"

#include <boost/json/parse.hpp>

#include <array>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 16;

// The page's styles are set by script, property by property, which no `unsafe-inline` is needed
// for.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> security_headers{{
    {"Content-Security-Policy", content_policy},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
}};

} // namespace

http::response json_answer(json::value const& what, unsigned status) {
    http::response answer;
    answer.status = status;
    answer.content_type = "application/json";
    answer.body = to_text(what) + "\n";
    return answer;
}

http::response no_content() {
    http::response answer;
    answer.status = 204;
    return answer;
}

http::response error_answer(failure const& why) {
    json::object all = why.more();
    all["error"] = {{"code", why.code().text}, {"message", why.what()}};
    auto answer = json_answer(all, why.code().status);
    if (why.retry() > std::chrono::seconds(0)) {
        answer.headers.emplace_back("Retry-After", std::to_string(why.retry().count()));
    }
    return answer;
}

json::object body_of(call const& what) {
    auto const type = http::find_header(*what.from, "Content-Type");
    auto const end = std::min(type.find(';'), type.size());
    if (!base::equals_ignoring_case(type.substr(0, end), "application/json")) {
        throw failure(invalid, "The body must be JSON, sent as application/json.");
    }
    json::parse_options options;
    options.max_depth = max_depth;
    boost::system::error_code failed;
    auto value = json::parse({what.from->body.data(), what.from->body.size()}, failed, {}, options);
    auto* const object = failed ? nullptr : value.if_object();
    if (object == nullptr) {
        throw failure(invalid, "The body must be a JSON object.");
    }
    return std::move(*object);
}

std::optional<std::string> optional_text_in(json::object const& body, std::string_view name,
                                            std::size_t limit) {
    auto const* const value = body.if_contains(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    auto const* const text = value->if_string();
    if (text == nullptr || text->size() > limit) {
        throw failure(invalid, std::string(name) + " must be a text of at most " +
                                   std::to_string(limit) + " bytes.");
    }
    return std::string(text->data(), text->size());
}

std::string text_in(json::object const& body, std::string_view name, std::size_t limit) {
    auto text = optional_text_in(body, name, limit);
    if (!text) {
        throw failure(invalid, std::string(name) + " is missing.");
    }
    return std::move(*text);
}

std::string name_in(json::object const& body, std::string_view name) {
    auto text = text_in(body, name, store::longest_person_name);
    if (!store::is_person_name(text)) {
        throw failure(invalid, std::string(name) +
                                   " must be 1 to 64 bytes of text without a slash, control or "
                                   "invisible characters, or blanks at its ends.");
    }
    return text;
}

role role_in(json::object const& body, std::string_view name) {
    auto const found = store::role_of(text_in(body, name, store::longest_person_name));
    if (!found) {
        throw failure(invalid, std::string(name) + " must be administrator or reader.");
    }
    return *found;
}

void add_security_headers(http::response& answer) {
    for (auto const& [name, value] : security_headers) {
        answer.headers.emplace_back(std::string(name), std::string(value));
    }
}

} // namespace trafikito::server::people
