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
/// thing. The quota and the size of `before` were asked for already and are not looked at unless
/// the new ones are smaller; 0 is no bound.
std::optional<std::string> feared_loss(store::store& kept, effective_limits const& limits,
                                       std::uint64_t quota_before, std::uint64_t size_before);

/// A bound that takes away; 0 is none.
bool is_smaller(std::uint64_t bound, std::uint64_t before);

} // namespace trafikito::server::cli
