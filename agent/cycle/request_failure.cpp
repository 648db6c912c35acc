#include "agent/cycle/request_failure.hpp"

namespace trafikito::agent::cycle {

std::string log_failure(base::log& log, net::link::failure const& why, std::string_view consequence,
                        std::string_view relief) {
    auto message = std::string(consequence) + ": " + why.message() + std::string(relief);
    if ((why.status >= 400 || why.foreign) && !why.retryable) {
        log.on_change(base::severity::error, "refusal", message);
    } else {
        log.warning(message);
    }
    return message;
}

void log_success(base::log& log) {
    log.on_change(base::severity::info, "refusal", "");
    log.forget_repeats("no order: ");
    log.forget_repeats("report not delivered ");
}

} // namespace trafikito::agent::cycle
