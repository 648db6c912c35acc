#pragma once
// The checksum of the agent's own files: tells damage, not forgery.

#include <cstdint>
#include <string_view>

namespace trafikito::agent::persistence {

/// CRC-32 as in ISO 3309.
std::uint32_t checksum(std::string_view text);

} // namespace trafikito::agent::persistence
