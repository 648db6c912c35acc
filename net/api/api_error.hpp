#pragma once
// The error object with which both versions of the API answer (doc/protocol.md, "Requests and
// answers").

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::net::api {

struct api_error {
    std::string code;
    std::string message;

    friend bool operator==(api_error const&, api_error const&) = default;
};

/// The error in an answer: a JSON object with a non-null `error`, keys in any order. Anything else,
/// also a text in which the word `error` occurs, is none. An `error` that is a string is its
/// message.
std::optional<api_error> parse_api_error(std::string_view answer);

/// `MESSAGE CODE`, or the one of them that is there.
std::string in_words(api_error const& error);

/// `{"error":{"code":…,"message":…},"data":null}`
std::string format_api_error(api_error const& error);

} // namespace trafikito::net::api
