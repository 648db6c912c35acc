// Where each connection is looked for. Whoever waits, or is unknown, or known and silent, stands on
// a list of his kind, so that finding one that gives way costs no look at ten thousand others.
#include "server/http/admission.hpp"

#include <utility>

namespace trafikito::server::http {

void admission::join(connection_id id, connection const& one) {
    auto& held = holding_of(one);
    ++held.connections;
    held.claimed += one.claimed;
    if (!one.sender.empty()) {
        held.of_sender.insert(id);
        put_on_all_of(held);
    }
}

void admission::part(connection_id id, connection const& one) {
    auto& from = one.sender.empty() ? addresses_ : senders_;
    auto const found = from.find(one.sender.empty() ? one.address : one.sender);
    auto& held = found->second;
    --held.connections;
    held.claimed -= one.claimed;
    held.of_sender.erase(id);
    bool const worth_knowing = held.known_at && addresses_.size() <= max_known_addresses;
    if (held.connections == 0 && !worth_knowing) {
        from.erase(found);
    } else {
        put_on_all_of(held);
    }
}

// Of one that has more than that all stand on the same list, before and after.
void admission::put_on_all_of(holding const& held) {
    if (held.of_sender.size() <= few_of_a_sender + 1) {
        for (auto const id : held.of_sender) {
            put_on(id, connections_.at(id));
        }
    }
}

admission::list admission::list_of(connection const& one) const {
    if (one.leaving) {
        return list::none;
    }
    if (one.at != stage::seated) {
        return one.at == stage::silent ? list::silent : list::waiting;
    }
    if (one.sender.empty()) {
        return list::unknown;
    }
    if (!one.awaited || one.keeps_seat) {
        return list::none;
    }
    return holding_of(one).connections > few_of_a_sender ? list::many : list::known;
}

void admission::take_off(connection_id id, connection& one) {
    auto const from = std::exchange(one.on, list::none);
    if (from == list::known) {
        known_.at(one.held).erase({one.since, id});
    } else if (from == list::waiting) {
        queue_.erase({one.held, id});
    } else {
        lists_.at(static_cast<std::size_t>(from)).erase(id);
    }
}

void admission::put_on(connection_id id, connection& one) {
    take_off(id, one);
    one.on = list_of(one);
    if (one.on == list::known) {
        one.held = holding_of(one).connections;
        one.since = one.awaited_since;
        known_.at(one.held).insert({one.since, id});
    } else if (one.on == list::waiting) {
        queue_.insert({one.held, id});
    } else if (one.on != list::none) {
        lists_.at(static_cast<std::size_t>(one.on)).insert(id);
    }
}

} // namespace trafikito::server::http
