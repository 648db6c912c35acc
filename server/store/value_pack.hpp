#pragma once
// Values of one server on their way into a block: fresh ones after an hour, and blocks that are
// thinned. The packer (packer.hpp) makes it and hands it to the store.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace trafikito::server::store {

/// Milliseconds of one point: 0 as they came, five minutes, an hour.
inline constexpr std::array<std::int64_t, 3> kept_steps{0, 300'000, 3'600'000};
/// As they came they stay for so long, and of five minutes for so long.
inline constexpr std::chrono::hours kept_as_they_came{24 * 7};
inline constexpr std::chrono::hours kept_of_minutes{24 * 30};

/// So many rows of fresh values that came more than an hour ago become a block,
inline constexpr std::int64_t enough_values_to_pack = 60;
/// or fewer when the oldest came so long ago.
inline constexpr std::int64_t milliseconds_fresh_values = 3L * 60 * 60 * 1000;
inline constexpr std::int64_t most_rows_of_block = 120;

struct value_pack {
    std::string server_id;
    std::vector<std::int64_t> rows;   ///< of fresh_values, which it replaces; rising
    std::vector<std::int64_t> blocks; ///< of value_blocks, the same
    std::int64_t step = 0;
    std::int64_t first_at = 0;
    std::int64_t last_at = 0;
    std::int64_t kept_since = 0;
    std::string body;
    std::string fault; ///< what could not be read, and goes; for the log
};

} // namespace trafikito::server::store
