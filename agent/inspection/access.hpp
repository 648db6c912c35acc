#pragma once
// What keeps somebody from a file, found on the way to it, and what to type to mend that. Asked
// below daemon::eyes_of, so that the kernel says what the daemon may.

#include "agent/inspection/onlooker.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::agent::inspection {

/// What kind of thing stops somebody: each is mended in its own way.
enum class hindrance : std::uint8_t {
    missing,   ///< there is nothing
    dangling,  ///< a link to what is not there
    loop,      ///< a link that leads to itself
    no_folder, ///< a file where a folder is needed
    read_only, ///< the mount is
    no_exec,   ///< the mount lets nothing be run
    immutable, ///< the attribute i of chattr(1)
    mode,      ///< owner and mode
    other      ///< a security module, a server of files, a disk
};

struct obstacle {
    std::filesystem::path at; ///< the first step that stops the way, or the file itself
    int error = 0;
    bool on_the_way = false; ///< `at` is a folder above the file

    [[nodiscard]] bool missing() const;
    /// `there is no /opt/x/ca.pem`, `/root lets nobody not through (mode 0700)`
    [[nodiscard]] std::string in_words(onlooker const& who, int mode) const;
    [[nodiscard]] hindrance kind(onlooker const& who, int mode) const;
};

/// `mode` is that of access(2). Nothing: the way is open.
std::optional<obstacle> find_obstacle(std::filesystem::path const& file, int mode);

/// The least that lets somebody read, write, run or pass, of a mode: `chmod o+x /srv/x`. For one of
/// secrets the group alone is let in.
std::string opening_command(obstacle const& what, onlooker const& who, int mode, bool secret);

/// What mends an obstacle, whatever it is: a command that can be typed, and words, where either is.
struct mend {
    std::string command;
    std::string words; ///< without a capital and a full stop
};
mend find_mend(obstacle const& what, onlooker const& who, int mode, bool secret);

/// The same as a sentence: `Type: chattr -i /srv/x`
std::string mend_of(obstacle const& what, onlooker const& who, int mode, bool secret);

/// The first obstacle to what would be made at `file`: the folder must be there, and writable.
std::optional<obstacle> find_obstacle_to_making(std::filesystem::path const& file);

} // namespace trafikito::agent::inspection
