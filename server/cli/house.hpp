#pragma once
// How it stands with the server itself, looked at from outside while it serves or not: who has the
// data directory, how much room its disk has, where agents find it. check and why ask; nothing is
// changed.

#include "server/cli/serving_process.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::server::cli {

struct disk_room {
    std::uintmax_t bytes = 0; ///< free for who is not root
    std::uintmax_t files = 0; ///< free inodes; where a file system counts none, the largest number
};

/// Below that the largest report may not be stored.
inline constexpr std::uintmax_t too_little_room = 32UL * 1024 * 1024;
/// Below that somebody should look.
inline constexpr std::uintmax_t little_room = 256UL * 1024 * 1024;
inline constexpr std::uintmax_t few_files = 100;

/// Of the file system on which that is; nothing when it cannot be asked.
std::optional<disk_room> room_of(std::filesystem::path const& path);

struct house {
    std::filesystem::path data;
    std::optional<int> served_by; ///< a process; 0: one that is not known; nothing: none
    std::optional<disk_room> room;
    std::string url;                         ///< of DIR/serving; empty: it never served
    cli::pulse pulse;                        ///< of the process, if it is known
    std::vector<std::filesystem::path> lost; ///< deleted_files(): its database, and its log
    std::string no_start;                    ///< why none would start; empty: it would
    std::optional<std::filesystem::path> certificate; ///< of somebody's own, that it shows
    std::optional<std::string> database; ///< in place of a file in the directory, as it is shown
    bool served_elsewhere = false;       ///< that database is, by another process at least
    bool believed = false; ///< a public authority vouches for that, as far as this system knows
};

/// Throws std::runtime_error when this user may not look whether a server has the directory.
house look_at_house(std::filesystem::path const& data);

/// The command that starts a server on that directory, to be typed in: the unit's where it is the
/// unit's.
std::string how_to_start(std::filesystem::path const& data);

} // namespace trafikito::server::cli
