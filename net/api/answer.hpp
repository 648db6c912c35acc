#pragma once
// What an answer of the API says besides its content: refusals in words, without the secrets that a
// careless peer may echo. The two APIs and the enrolment share it, and `why`, which pings.

#include "base/redactor.hpp"
#include "net/api/api_error.hpp"
#include "net/http/client.hpp"
#include "net/link/failure.hpp"
#include "net/link/timing.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::net::api {

/// What a request may take so as to end by `until`; at least 1 ms. Nothing where there is no limit.
std::optional<std::chrono::milliseconds> time_left(link::steady_time until,
                                                   link::now_function const& now);

/// An HTML page, or another document that no API of ours gives: it begins with `<`.
bool is_page(std::string_view content);

/// How failure::what begins where the API refuses in its own words (failure::of_api).
inline constexpr std::string_view api_says = "the API says ";

/// A failure at step::answer: `WHAT [Server: nginx]: first characters of the answer`. Where these
/// are an HTML page, somebody else gave it (failure::foreign), and its title is shown; but a 413
/// counts as the API's whoever gave it, since the report does not get through.
link::failure refused(http::response const& answer, std::string const& what,
                      base::redactor const& redact);

/// The API error in an answer, without the secrets.
std::optional<api_error> find_api_error(http::response const& answer, base::redactor const& redact);

/// The failure in an answer that is an API error, whatever its status, or has a status other than
/// 2xx.
std::optional<link::failure> find_refusal(http::response const& answer,
                                          base::redactor const& redact);

/// As above, or an HTML page with a status of 2xx: for requests to which no page is an answer.
std::optional<link::failure> find_refusal_or_page(http::response const& answer,
                                                  base::redactor const& redact);

/// `Log in to HotelNet` of an HTML page with that title, on one line and cut; empty where there is
/// none. A parser of strangers' bytes: linear, never fails.
std::string title_of_page(std::string_view page);

} // namespace trafikito::net::api
