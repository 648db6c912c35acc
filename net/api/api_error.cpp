#include "net/api/api_error.hpp"

#include "base/ascii.hpp"
#include "base/plain_text.hpp"

#include <boost/json.hpp>

namespace trafikito::net::api {

namespace {

namespace json = boost::json;

constexpr std::size_t max_text = 500; ///< bytes of a code or a message that are kept

std::string text_of(json::value const& value) {
    if (auto const* const text = value.if_string()) {
        return base::plain_text(*text, max_text);
    }
    return base::plain_text(json::serialize(value), max_text);
}

std::string member(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    return value == nullptr || value->is_null() ? std::string{} : text_of(*value);
}

} // namespace

std::optional<api_error> parse_api_error(std::string_view answer) {
    answer = base::trim_white_space(answer);
    if (!answer.starts_with('{')) {
        return std::nullopt;
    }
    boost::system::error_code malformed;
    auto const document = json::parse(answer, malformed);
    if (malformed || !document.is_object()) {
        return std::nullopt;
    }
    auto const* const error = document.get_object().if_contains("error");
    if (error == nullptr || error->is_null()) {
        return std::nullopt;
    }
    if (auto const* const object = error->if_object()) {
        return api_error{member(*object, "code"), member(*object, "message")};
    }
    return api_error{{}, text_of(*error)};
}

std::string in_words(api_error const& error) {
    bool const both = !error.code.empty() && !error.message.empty();
    return error.message + (both ? " " : "") + error.code;
}

std::string format_api_error(api_error const& error) {
    json::value const document{{"error", {{"code", error.code}, {"message", error.message}}},
                               {"data", nullptr}};
    return json::serialize(document);
}

} // namespace trafikito::net::api
