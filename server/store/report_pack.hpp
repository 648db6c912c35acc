#pragma once
// Reports of one server on their way into a block: what the packer (packer.hpp) reads of them and
// hands to the store. How a block is written is archive/report_block.hpp's to know.

#include "server/archive/report_block.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace trafikito::server::store {

/// Of so many fresh reports a block is made,
inline constexpr std::int64_t enough_to_pack = 60;
/// or when the oldest of them came so long ago.
inline constexpr std::int64_t milliseconds_fresh = 60L * 60 * 1000;
/// Most that one block takes. Replacing them holds the store for some milliseconds.
inline constexpr std::size_t max_reports_of_pack = 64;
inline constexpr std::size_t max_bytes_of_pack = 2UL * 1024 * 1024;

struct report_pack {
    std::string server_id;
    std::vector<archive::report_head> reports; ///< those that it replaces, in their order
    std::string body;                          ///< the block
};

struct unreadable_reports {
    std::set<std::int64_t> numbers;
    std::string fault; ///< what is wrong with the last, for the log
};

} // namespace trafikito::server::store
