#include "server/http/admission.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::http {

namespace {

/// Addresses of which a key is remembered while none of their connections is here.
constexpr std::size_t max_known_addresses = 16'384;
/// How many seats are given anew before those that gave way have ended: until then both hold
/// memory.
constexpr std::size_t max_overlap = 32;

} // namespace

bool admission::urgency::before(urgency const& other) const {
    if (unknown != other.unknown) {
        return unknown;
    }
    return held != other.held ? held > other.held : since < other.since;
}

admission::admission(admission_limits limits) : limits_(limits) {}

admission::holding& admission::holding_of(connection const& one) {
    return one.sender.empty() ? addresses_[one.address] : senders_[one.sender];
}

admission::holding const& admission::holding_of(connection const& one) const {
    return one.sender.empty() ? addresses_.at(one.address) : senders_.at(one.sender);
}

void admission::join(connection const& one) {
    auto& held = holding_of(one);
    ++held.connections;
    held.claimed += one.claimed;
}

void admission::part(connection const& one) {
    auto& from = one.sender.empty() ? addresses_ : senders_;
    auto const found = from.find(one.sender.empty() ? one.address : one.sender);
    auto& held = found->second;
    --held.connections;
    held.claimed -= one.claimed;
    bool const worth_knowing = held.known_at && addresses_.size() <= max_known_addresses;
    if (held.connections == 0 && !worth_knowing) {
        from.erase(found);
    }
}

void admission::count_out(connection const& one) {
    --(one.at == stage::seated ? seats_taken_ : waiting_);
    claimed_ -= one.claimed;
    part(one);
}

admission::verdict admission::may_enter() {
    if (waiting_ < limits_.max_waiting) {
        return {};
    }
    auto const cut = cut_silent();
    return {cut.has_value(), cut};
}

std::optional<connection_id> admission::cut_silent() {
    return name_first([](connection const& one) { return one.at == stage::silent; },
                      [&](connection const& one) {
                          return urgency{true, holding_of(one).connections, one.arrived};
                      });
}

connection_id admission::enter(std::string peer, std::string address, time_point now) {
    auto const id = next_id_++;
    auto& one = connections_[id];
    one.peer = std::move(peer);
    one.address = std::move(address);
    one.arrived = one.awaited_since = now;
    join(one);
    ++waiting_;
    return id;
}

void admission::rename(connection_id id, std::string peer, std::string address) {
    auto& one = connections_.at(id);
    if (!one.leaving) {
        part(one);
    }
    one.peer = std::move(peer);
    one.address = std::move(address);
    if (!one.leaving) {
        join(one);
    }
}

void admission::leave(connection_id id) {
    auto const found = connections_.find(id);
    auto const& one = found->second;
    if (!one.leaving) {
        count_out(one);
    } else if (one.at == stage::seated) {
        --seats_cut_;
    }
    connections_.erase(found);
}

void admission::wait_for_seat(connection_id id) {
    auto& one = connections_.at(id);
    if (one.at == stage::silent) {
        one.at = stage::waiting;
    }
}

std::optional<admission::seating> admission::seat_one(time_point now) {
    auto best = connections_.end();
    std::size_t best_held = 0;
    for (auto each = connections_.begin(); each != connections_.end(); ++each) {
        auto const& one = each->second;
        if (one.at != stage::waiting || one.leaving) {
            continue;
        }
        auto const held = weight_of(one, now);
        if (best == connections_.end() || held < best_held) {
            best = each;
            best_held = held;
        }
    }
    if (best == connections_.end()) {
        return std::nullopt;
    }
    std::optional<connection_id> cut;
    if (seats_taken_ >= limits_.max_seats) {
        if (seats_cut_ >= max_overlap) {
            return std::nullopt;
        }
        cut = name_first(
            [&](connection const& one) {
                return one.at == stage::seated && one.awaited && !one.keeps_seat &&
                       has_had_its_time(one, weight_of(one, now), now);
            },
            [&](connection const& one) {
                bool const unknown = one.sender.empty();
                return urgency{unknown, weight_of(one, now),
                               unknown ? one.seated_since : one.awaited_since};
            });
        if (!cut) {
            return std::nullopt;
        }
    }
    best->second.at = stage::seated;
    best->second.seated_since = now;
    best->second.awaited_since = now;
    --waiting_;
    ++seats_taken_;
    return seating{best->first, cut};
}

bool admission::seated(connection_id id) const {
    return connections_.at(id).at == stage::seated;
}

void admission::await(connection_id id, time_point now) {
    auto& one = connections_.at(id);
    one.awaited = true;
    one.awaited_since = now;
}

void admission::received(connection_id id) {
    connections_.at(id).awaited = false;
}

void admission::begin_download(connection_id id) {
    auto& one = connections_.at(id);
    std::size_t all = 0;
    std::size_t of_address = 0;
    for (auto const& [other_id, other] : connections_) {
        all += other.keeps_seat ? 1 : 0;
        of_address += other.keeps_seat && other.address == one.address ? 1 : 0;
    }
    one.keeps_seat = all < std::min(max_downloads, limits_.max_seats / seats_for_a_download) &&
                     of_address < max_downloads_of_an_address;
}

void admission::end_download(connection_id id) {
    connections_.at(id).keeps_seat = false;
}

void admission::recognise(connection_id id, std::string_view sender, time_point now) {
    auto& one = connections_.at(id);
    if (one.sender == sender) {
        return;
    }
    if (!one.leaving) {
        part(one);
    }
    one.sender = sender;
    if (!one.leaving) {
        join(one);
    }
    if (addresses_.size() <= max_known_addresses) {
        addresses_[one.address].known_at = now;
    }
}

admission::verdict admission::claim(connection_id id, std::size_t bytes, time_point now) {
    auto& one = connections_.at(id);
    if (one.leaving || bytes <= one.claimed) {
        return {!one.leaving, std::nullopt};
    }
    auto const more = bytes - one.claimed;
    std::optional<connection_id> cut;
    // Small ones may have claimed more than the limit.
    if (bytes > small_body && more > limits_.max_bodies - std::min(claimed_, limits_.max_bodies)) {
        auto const wished = holding_of(one).claimed + more;
        auto const yields = [&](connection const& other) {
            return other.sender.empty() || holding_of(other).claimed / far_more >= wished ||
                   now - other.claimed_since >= limits_.patience_with_known;
        };
        cut = name_first(
            [&](connection const& other) {
                return other.awaited &&
                       (&other == &one || (other.claimed >= small_body && yields(other)));
            },
            [&](connection const& other) {
                return urgency{other.sender.empty(), holding_of(other).claimed,
                               &other == &one && other.claimed == 0 ? now : other.claimed_since};
            });
        if (!cut || *cut == id) {
            return {false, std::nullopt};
        }
    }
    if (one.claimed == 0) {
        one.claimed_since = now;
    }
    one.claimed = bytes;
    claimed_ += more;
    holding_of(one).claimed += more;
    return {true, cut};
}

void admission::release(connection_id id) {
    auto& one = connections_.at(id);
    auto const claimed = std::exchange(one.claimed, 0);
    if (!one.leaving) {
        claimed_ -= claimed;
        holding_of(one).claimed -= claimed;
    }
}

std::string const& admission::peer_of(connection_id id) const {
    return connections_.at(id).peer;
}

std::string const& admission::address_of(connection_id id) const {
    return connections_.at(id).address;
}

std::string const& admission::sender_of(connection_id id) const {
    return connections_.at(id).sender;
}

admission::time_point admission::arrival_of(connection_id id) const {
    return connections_.at(id).arrived;
}

std::size_t admission::weight_of(connection const& one, time_point now) const {
    auto const& held = holding_of(one);
    bool const known = held.known_at && now - *held.known_at < bonus_lasts;
    return held.connections - std::min(held.connections, known ? bonus : 0);
}

bool admission::has_had_its_time(connection const& one, std::size_t held, time_point now) const {
    bool const known = !one.sender.empty();
    if (known && held <= few_of_a_sender) {
        return now - one.awaited_since >= limits_.patience_with_known;
    }
    auto const patience = held > hundreds       ? limits_.patience_with_many / 5
                          : known || held > few ? limits_.patience_with_many
                                                : limits_.patience_with_few;
    return now - one.seated_since >= patience;
}

template <typename MayGo, typename Urgency>
std::optional<connection_id> admission::name_first(MayGo may_go, Urgency urgency_of) {
    auto first = connections_.end();
    urgency most;
    for (auto each = connections_.begin(); each != connections_.end(); ++each) {
        if (each->second.leaving || !may_go(each->second)) {
            continue;
        }
        auto const urgent = urgency_of(each->second);
        if (first == connections_.end() || urgent.before(most)) {
            first = each;
            most = urgent;
        }
    }
    if (first == connections_.end()) {
        return std::nullopt;
    }
    auto& one = first->second;
    one.leaving = true;
    seats_cut_ += one.at == stage::seated ? 1 : 0;
    count_out(one);
    return first->first;
}

} // namespace trafikito::server::http
