#include "server/api/next_order.hpp"

#include "base/hexadecimal.hpp"
#include "server/api/available_list.hpp"

#include <algorithm>
#include <span>

namespace trafikito::server::api {

namespace {

constexpr std::chrono::seconds jitter{5};

std::string token_of(net::api::order const& order) {
    std::string content = order.version + ' ' + std::to_string(order.delay.count());
    for (auto const& name : order.names) {
        content += ' ' + name;
    }
    auto const hash = security::sha256(content);
    return base::to_hexadecimal(std::span(hash).first<16>());
}

} // namespace

net::api::order next_order(store::server_row const& server) {
    net::api::order order;
    order.names = server.wanted ? *server.wanted : available_names(server.available);
    order.version = offered_version;
    order.delay = server.delay;
    order.token = token_of(order);
    return order;
}

// A short interval (a demo's) keeps at least half of itself.
std::chrono::seconds least_pause(std::chrono::seconds min_interval) {
    return min_interval - std::min(jitter, min_interval / 2);
}

bool too_early(std::optional<base::wall_time> const& last_order, base::wall_time now,
               std::chrono::seconds min_interval) {
    if (!last_order || *last_order > now) {
        return false;
    }
    return now - *last_order < least_pause(min_interval);
}

} // namespace trafikito::server::api
