#pragma once
// What an answer of the API says besides its content: refusals in words, without the secrets that a
// careless peer may echo. The two APIs and the enrolment share it; private to net/.

#include "net/api_error.hpp"
#include "net/failure.hpp"
#include "net/http_client.hpp"
#include "net/timing.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net {

/// What a request may take so as to end by `until`; at least 1 ms. Nothing where there is no limit.
std::optional<std::chrono::milliseconds> time_left(steady_time until, now_function const& now);

/// `text` with `…` in place of each secret of at least four characters.
std::string without_secrets(std::string text, std::vector<std::string> const& secrets);

/// True for 408, 429 and 5xx (DESIGN, "What happens when").
bool is_retryable_status(unsigned status);

/// A failure at step::answer: `WHAT: first characters of the answer`.
failure refused(response const& answer, std::string const& what,
                std::vector<std::string> const& secrets);

/// The API error in an answer, without the secrets.
std::optional<api_error> find_api_error(response const& answer,
                                        std::vector<std::string> const& secrets);

/// The failure in an answer that is an API error, whatever its status, or has a status other than
/// 2xx.
std::optional<failure> find_refusal(response const& answer,
                                    std::vector<std::string> const& secrets);

} // namespace trafikito::net
