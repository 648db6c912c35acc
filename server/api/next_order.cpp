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

bool too_early(store::server_row const& server, base::wall_time now,
               std::chrono::seconds min_interval) {
    if (!server.last_order || *server.last_order > now) {
        return false;
    }
    // A short interval (a demo's) keeps at least half of itself.
    auto const tolerance = std::min(jitter, min_interval / 2);
    return now - *server.last_order < min_interval - tolerance;
}

} // namespace trafikito::server::api
