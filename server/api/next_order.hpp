#pragma once
// What a server is asked to run next, and whether it is time to ask (doc/protocol.md, "v1" and
// "v2"). Both versions of the API use it. It reads the server's row and changes nothing.

#include "net/api/order.hpp"
#include "server/store/store.hpp"

namespace trafikito::server::api {

/// The agent version that is offered: the one as which every agent of ours counts, so that no shell
/// agent looks for an upgrade here.
inline constexpr std::string_view offered_version = "55";

/// All that the server's list offers unless `trafikito-server order` said otherwise. The token
/// names the content (32 hexadecimal digits): the same names and delay have the same token, as v2
/// wants it.
net::api::order next_order(store::server_row const& server);

/// How long ago the last order must have been given at least: `min_interval`, with up to 5 s of
/// tolerance for an agent that is a little early.
std::chrono::seconds least_pause(std::chrono::seconds min_interval);

/// True while less than that passed since the last order. A clock that was set back does not lock a
/// server out.
bool too_early(std::optional<base::wall_time> const& last_order, base::wall_time now,
               std::chrono::seconds min_interval);

} // namespace trafikito::server::api
