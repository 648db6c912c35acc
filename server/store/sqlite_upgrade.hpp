#pragma once
// A database of an earlier version is written anew: all of it goes into another file beside it, its
// reports into blocks. Only when that is whole and on the disk it takes the place of the old one,
// which stays beside it as a copy, as it was. Interrupted anywhere, it begins anew.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace trafikito::server::store {

struct upgrade {
    int from = 0; ///< schema
    std::int64_t reports = 0;
    std::chrono::milliseconds took{0};
    std::filesystem::path copy; ///< of what was there before

    /// For the log.
    [[nodiscard]] std::string in_words() const;
};

/// What was done; nothing when there is no such database, or none of an earlier version. `alive` is
/// called again and again meanwhile. Throws database::busy while somebody else has it open,
/// database::full where there is no room, and what database::sqlite and usable_version() throw:
/// then all is as it was.
std::optional<upgrade> upgrade_database(std::filesystem::path const& file,
                                        std::function<void()> const& alive = {});

} // namespace trafikito::server::store
