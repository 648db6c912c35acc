#pragma once
// The checksum of what our own programs write and read again: tells damage, not forgery.

#include <cstdint>
#include <string_view>

namespace trafikito::base {

/// CRC-32 as in ISO 3309. `before`: that of what stands in front of `text`, to go on with.
std::uint32_t checksum(std::string_view text, std::uint32_t before = 0);

} // namespace trafikito::base
