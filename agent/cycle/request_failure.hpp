#pragma once
// How the log tells that a request of a cycle came to nothing, and that requests succeed again.
// Used for orders and reports, so that both say a lasting refusal once.

#include "base/log.hpp"
#include "net/link/failure.hpp"

#include <string>
#include <string_view>

namespace trafikito::agent::cycle {

/// Logs `CONSEQUENCE: why RELIEF` and returns it. A refusal of the API (a status of 4xx that is not
/// worth a retry), or a stranger in its place, stays until somebody mends it: it is said once,
/// until it changes.
std::string log_failure(base::log& log, net::link::failure const& why, std::string_view consequence,
                        std::string_view relief);

/// A report was accepted: whatever fails from now on is news again.
void log_success(base::log& log);

} // namespace trafikito::agent::cycle
