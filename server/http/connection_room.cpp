#include "server/http/listener.hpp"

#include <algorithm>

namespace trafikito::server::http {

namespace {

// What the rest of the process may open: a database, a log, certificates.
constexpr std::size_t descriptors_of_others = 64;

} // namespace

// Three quarters at most are for seats: somebody has to wait for them.
connection_room fit_to_descriptors(listener_settings const& settings) {
    auto const all = settings.max_descriptors;
    auto const ours = std::max<std::size_t>(all - std::min(all / 2, descriptors_of_others), 2);
    auto const seats = std::min(settings.max_connections, std::max<std::size_t>(ours * 3 / 4, 1));
    return {seats, std::min(settings.max_waiting, ours - seats)};
}

void say_what_fits(listener_settings const& settings, base::log& log) {
    auto const room = fit_to_descriptors(settings);
    if (room.seats < settings.max_connections || room.waiting < settings.max_waiting) {
        log.warning("may open only " + std::to_string(settings.max_descriptors) + " files: takes " +
                    std::to_string(room.seats) + " connections at once and " +
                    std::to_string(room.waiting) +
                    " that wait; LimitNOFILE= of its unit, or ulimit -n, allows more");
    }
}

} // namespace trafikito::server::http
