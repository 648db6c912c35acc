#include "server/http/admission.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::http {

admission::admission(admission_limits limits) : limits_(limits) {}

admission::verdict admission::may_enter(time_point now) {
    if (connections_.size() <= limits_.max_connections) {
        return {};
    }
    return {false, cut_longest_awaited(0, now)};
}

connection_id admission::enter(std::string peer, time_point now) {
    auto const id = next_id_++;
    connections_.emplace(id, connection{.peer = std::move(peer), .awaited_since = now});
    return id;
}

void admission::leave(connection_id id) {
    release(id);
    connections_.erase(id);
}

void admission::await(connection_id id, time_point now) {
    auto& one = connections_.at(id);
    one.awaited = true;
    one.awaited_since = now;
}

void admission::received(connection_id id) {
    connections_.at(id).awaited = false;
}

admission::verdict admission::claim(connection_id id, std::size_t bytes, time_point now) {
    // Small ones may have claimed more than the limit.
    auto const room = limits_.max_bodies - std::min(claimed_, limits_.max_bodies);
    if (bytes > small_body && bytes > room) {
        return {false, cut_longest_awaited(small_body + 1, now)};
    }
    connections_.at(id).claimed += bytes;
    claimed_ += bytes;
    return {};
}

void admission::release(connection_id id) {
    claimed_ -= std::exchange(connections_.at(id).claimed, 0);
}

std::string const& admission::peer_of(connection_id id) const {
    return connections_.at(id).peer;
}

// Strangers cannot keep others out by saying nothing, or little: whoever has let us wait for
// longest goes. One at a time, for the room that it leaves may do.
std::optional<connection_id> admission::cut_longest_awaited(std::size_t claims_at_least,
                                                            time_point now) {
    auto longest = connections_.end();
    for (auto each = connections_.begin(); each != connections_.end(); ++each) {
        auto const& one = each->second;
        if (one.leaving) {
            return std::nullopt;
        }
        bool const may_go = one.awaited && one.claimed >= claims_at_least &&
                            now - one.awaited_since >= limits_.least_patience;
        if (may_go &&
            (longest == connections_.end() || one.awaited_since < longest->second.awaited_since)) {
            longest = each;
        }
    }
    if (longest == connections_.end()) {
        return std::nullopt;
    }
    longest->second.leaving = true;
    return longest->first;
}

} // namespace trafikito::server::http
