#pragma once
// Where a machine asks from, what it runs and how often it reports, by its own word. Both versions
// of the API ask it with each order.

#include "server/http/message.hpp"
#include "server/store/store.hpp"

#include <string_view>

namespace trafikito::server::api {

/// `shell_version` is v1's field agentVersion. An agent that is none of ours counts as the shell
/// agent.
store::contact contact_of(http::request const& from, std::string_view shell_version);

} // namespace trafikito::server::api
