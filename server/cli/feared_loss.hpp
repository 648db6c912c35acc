#pragma once
// Limits that would delete most of what is stored are refused unless that is meant; serve asks at
// the start and at each reload.

#include "server/cli/hosting.hpp"
#include "server/store/store.hpp"

#include <optional>
#include <string>

namespace trafikito::server::cli {

/// `to keep 1.0 MiB of one machine only would delete most of what is stored: 97 of 105 reports,
/// 3.1 MiB of 1 machine`, to which the caller adds what to do; nothing when limits do no such
/// thing. The quota of `before` was asked for already and is not looked at unless the new one is
/// smaller; 0 is no bound.
std::optional<std::string> feared_loss(store::store& kept, effective_limits const& limits,
                                       std::uint64_t quota_before);

} // namespace trafikito::server::cli
