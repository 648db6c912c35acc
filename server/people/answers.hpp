#pragma once
// What the endpoints of /api/v1 answer with, and how a JSON body is read. Everything that they send
// goes through here, so that no answer lacks the headers that keep a browser from doing more with
// it than it should.

#include "server/http/message.hpp"
#include "server/people/router.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace trafikito::server::people {

/// The code of an error, and the status that goes with it.
struct error_code {
    unsigned status;
    std::string_view text;
};
inline constexpr error_code invalid{400, "invalid"};
inline constexpr error_code unauthorized{401, "unauthorized"};
inline constexpr error_code forbidden{403, "forbidden"};
inline constexpr error_code not_found{404, "not_found"};
inline constexpr error_code wrong_method{405, "method"};
inline constexpr error_code conflict{409, "conflict"};
inline constexpr error_code too_many{429, "too_many"};
inline constexpr error_code unavailable{503, "unavailable"};

/// An endpoint throws it; the asker gets the code and the sentence.
class failure : public std::runtime_error {
public:
    failure(error_code code, std::string const& sentence, boost::json::object more = {},
            std::chrono::seconds retry = std::chrono::seconds(0))
        : std::runtime_error(sentence), code_(code), more_(std::move(more)), retry_(retry) {}

    [[nodiscard]] error_code code() const { return code_; }
    /// Further members of the answer, beside `error`.
    [[nodiscard]] boost::json::object const& more() const { return more_; }
    /// When to ask again; 0: that is not said.
    [[nodiscard]] std::chrono::seconds retry() const { return retry_; }

private:
    error_code code_;
    boost::json::object more_;
    std::chrono::seconds retry_;
};

/// Of a request of /api/v1; larger ones are refused before they are read.
inline constexpr std::size_t max_body = 64UL * 1024;

http::response json_answer(boost::json::value const& what, unsigned status = 200);
http::response no_content();
http::response error_answer(failure const& why);

/// The body as an object. Throws failure 400: no JSON, nested deeper than 16, or sent as something
/// else than application/json.
boost::json::object body_of(call const& what);

/// Members of it; each throws failure 400 where it is missing or of another kind.
std::string text_in(boost::json::object const& body, std::string_view name, std::size_t limit);
/// Nothing where it is missing or null.
std::optional<std::string> optional_text_in(boost::json::object const& body, std::string_view name,
                                            std::size_t limit);

/// What a person or a token is called, and what it may.
std::string name_in(boost::json::object const& body, std::string_view name);
role role_in(boost::json::object const& body, std::string_view name);

/// What every answer of this room says to a browser: to run nothing but the page's own files, to
/// guess no type, to show it in no frame, to tell nobody where it came from.
void add_security_headers(http::response& answer);

} // namespace trafikito::server::people
