#pragma once
// What keeps somebody from a file, found on the way to it, and what to type to mend that. Asked
// below daemon::eyes_of, so that the kernel says what the daemon may.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::agent::inspection {

/// Who looks, in words and for chmod(1).
struct onlooker {
    std::string name; ///< `nobody`
    std::string group;
    uid_t uid = 0;
    gid_t gid = 0;
};

struct obstacle {
    std::filesystem::path at; ///< the first step that stops the way, or the file itself
    int error = 0;
    bool on_the_way = false; ///< `at` is a folder above the file

    [[nodiscard]] bool missing() const;
    /// `there is no /opt/x/ca.pem`, `/root lets nobody not through (mode 0700)`
    [[nodiscard]] std::string in_words(onlooker const& who, int mode) const;
};

/// `mode` is that of access(2). Nothing: the way is open.
std::optional<obstacle> find_obstacle(std::filesystem::path const& file, int mode);

/// The least that opens a file or folder to read, or to pass: `chmod o+x /srv/x`. For one of
/// secrets the group alone is let in.
std::string opening_command(obstacle const& what, onlooker const& who, int mode, bool secret);

/// The first obstacle to what would be made at `file`: the folder must be there, and writable.
std::optional<obstacle> find_obstacle_to_making(std::filesystem::path const& file);

} // namespace trafikito::agent::inspection
