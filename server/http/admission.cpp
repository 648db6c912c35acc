#include "server/http/admission.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace trafikito::server::http {

namespace {

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

void admission::count_out(connection_id id, connection const& one) {
    --(one.at == stage::seated ? seats_taken_ : waiting_);
    claimed_ -= one.claimed;
    part(id, one);
}

admission::verdict admission::may_enter() {
    if (waiting_ < limits_.max_waiting) {
        return {};
    }
    auto const cut = cut_silent();
    return {cut.has_value(), cut};
}

admission::verdict admission::may_wait(std::string const& address, time_point now) {
    if (queue_.size() < max_queue) {
        return {};
    }
    auto const found = addresses_.find(address);
    auto const held = found == addresses_.end() ? 0 : weight_of(found->second, now);
    auto const last = *queue_.rbegin();
    return last.held > held + 1 ? verdict{true, name(last.id)} : verdict{false, std::nullopt};
}

std::optional<connection_id> admission::cut_silent() {
    return name_first(
        on(list::silent), [](connection const& /*any*/) { return true; },
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
    join(id, one);
    ++waiting_;
    put_on(id, one);
    return id;
}

void admission::rename(connection_id id, std::string peer, std::string address) {
    auto& one = connections_.at(id);
    if (!one.leaving) {
        part(id, one);
    }
    one.peer = std::move(peer);
    one.address = std::move(address);
    if (!one.leaving) {
        join(id, one);
    }
}

void admission::leave(connection_id id) {
    auto const found = connections_.find(id);
    auto& one = found->second;
    take_off(id, one);
    if (!one.leaving) {
        one.leaving = true;
        count_out(id, one);
    } else if (one.at == stage::seated) {
        --seats_cut_;
    }
    connections_.erase(found);
}

void admission::wait_for_seat(connection_id id, time_point now) {
    auto& one = connections_.at(id);
    if (one.at == stage::silent) {
        take_off(id, one);
        one.at = stage::waiting;
        one.held = weight_of(one, now);
        put_on(id, one);
    }
}

std::optional<admission::seating> admission::seat_one(time_point now) {
    if (queue_.empty()) {
        return std::nullopt;
    }
    std::optional<connection_id> cut;
    if (is_full()) {
        if (seats_cut_ >= max_overlap) {
            return std::nullopt;
        }
        cut = cut_unknown(now);
        if (!cut && on(list::unknown).size() < max_unknown) {
            cut = cut_known(now);
        }
        if (!cut) {
            return std::nullopt;
        }
    }
    auto const next = queue_.begin()->id;
    take_seat(next, now);
    return seating{next, cut};
}

bool admission::seat(connection_id id, time_point now) {
    bool const may = waits(id) && !is_full();
    if (may) {
        take_seat(id, now);
    }
    return may;
}

void admission::take_seat(connection_id id, time_point now) {
    auto& one = connections_.at(id);
    take_off(id, one);
    one.at = stage::seated;
    one.seated_since = now;
    one.awaited_since = now;
    put_on(id, one);
    --waiting_;
    ++seats_taken_;
}

std::optional<connection_id> admission::cut_unknown(time_point now) {
    return name_first(
        on(list::unknown),
        [&](connection const& one) {
            return one.awaited && !one.keeps_seat &&
                   has_had_its_time(one, weight_of(one, now), now);
        },
        [&](connection const& one) {
            return urgency{true, weight_of(one, now), one.seated_since};
        });
}

// Those of senders that have most, and of these the one that is awaited longest.
std::optional<connection_id> admission::cut_known(time_point now) {
    auto const greedy = name_first(
        on(list::many),
        [&](connection const& one) { return has_had_its_time(one, weight_of(one, now), now); },
        [&](connection const& one) {
            return urgency{false, weight_of(one, now), one.awaited_since};
        });
    if (greedy) {
        return greedy;
    }
    for (auto const& held : std::views::reverse(known_)) {
        if (!held.empty() && now - held.begin()->first >= limits_.patience_with_known) {
            return name(held.begin()->second);
        }
    }
    return std::nullopt;
}

bool admission::waits(connection_id id) const {
    return connections_.at(id).on == list::waiting;
}

bool admission::seated(connection_id id) const {
    return connections_.at(id).at == stage::seated;
}

void admission::await(connection_id id, time_point now) {
    auto& one = connections_.at(id);
    one.awaited = true;
    one.awaited_since = now;
    put_on(id, one);
}

void admission::await_request(connection_id id, time_point now) {
    await(id, now - (limits_.patience_with_known -
                     std::min(limits_.patience_with_known, idle_patience)));
}

void admission::await_close(connection_id id, time_point now) {
    auto const left = std::min(limits_.patience_with_few, close_patience);
    auto& one = connections_.at(id);
    one.seated_since = std::min(one.seated_since, now - (limits_.patience_with_few - left));
    await_request(id, now);
}

void admission::received(connection_id id) {
    auto& one = connections_.at(id);
    one.awaited = false;
    put_on(id, one);
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
    put_on(id, one);
}

void admission::end_download(connection_id id) {
    auto& one = connections_.at(id);
    one.keeps_seat = false;
    put_on(id, one);
}

void admission::recognise(connection_id id, std::string_view sender, time_point now) {
    auto& one = connections_.at(id);
    if (one.sender == sender) {
        return;
    }
    if (!one.leaving) {
        part(id, one);
    }
    one.sender = sender;
    if (!one.leaving) {
        join(id, one);
    }
    put_on(id, one);
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
            connections_,
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
    return weight_of(holding_of(one), now);
}

std::size_t admission::weight_of(holding const& held, time_point now) {
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

namespace {

connection_id id_in(connection_id id) {
    return id;
}
template <typename Connection>
connection_id id_in(std::pair<connection_id const, Connection> const& entry) {
    return entry.first;
}

} // namespace

template <typename Among, typename MayGo, typename Urgency>
std::optional<connection_id> admission::name_first(Among const& among, MayGo may_go,
                                                   Urgency urgency_of) {
    std::optional<connection_id> first;
    urgency most;
    for (auto const& each : among) {
        auto const& one = connections_.at(id_in(each));
        if (one.leaving || !may_go(one)) {
            continue;
        }
        auto const urgent = urgency_of(one);
        if (!first || urgent.before(most)) {
            first = id_in(each);
            most = urgent;
        }
    }
    return first ? name(*first) : std::nullopt;
}

std::optional<connection_id> admission::name(connection_id id) {
    auto& one = connections_.at(id);
    one.leaving = true;
    take_off(id, one);
    seats_cut_ += one.at == stage::seated ? 1 : 0;
    count_out(id, one);
    return id;
}

} // namespace trafikito::server::http
