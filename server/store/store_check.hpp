#pragma once
// What store::verify() found.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace trafikito::server::store {

struct verification {
    std::vector<std::string>
        faults;               ///< each names its server, and the report or block; at most 100
    std::size_t more = 0;     ///< that are not named
    std::int64_t reports = 0; ///< that can be read
    bool whole = true;        ///< all was looked at in time
};

} // namespace trafikito::server::store
