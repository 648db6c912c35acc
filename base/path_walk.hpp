#pragma once
// The way to a file, step by step from the root: every directory, every link that is followed, and
// what stands at its end, each as the very object that the next step starts from. So what is judged
// and what is read cannot be two things. Who reads what decides what runs uses it; it judges
// nothing.

#include "base/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

namespace trafikito::base {

/// One step. What stands in a directory comes right behind that directory, as often as the way
/// leads there.
struct path_step {
    enum class kind : std::uint8_t { directory, link, file };

    std::filesystem::path path; ///< free of links, but for the step itself
    kind is = kind::file;
    uid_t owner = 0;
    gid_t group = 0;
    mode_t mode = 0;        ///< permissions alone, with the sticky bit
    nlink_t names = 1;      ///< hard links; 1 for a directory
    bool read_only = false; ///< on a mount that is; looked at where group or others may write
    std::string unreliable; ///< why owner and mode say nothing of who writes it; empty when they do

    friend bool operator==(path_step const&, path_step const&) = default;
};

struct walked_path {
    descriptor file; ///< a regular file, open for reading; closed when there is a problem
    std::vector<path_step> steps; ///< as far as it went
    bool missing = false;         ///< something of the way is not there
    std::string problem;          ///< in words, after the path: `cannot be read: …`
};

/// What several walks have in common is walked once, as long as this lives: it is for one look at
/// an installation, not for good. Holds a descriptor for each directory.
class path_walk {
public:
    /// The way alone: nothing is opened for reading.
    std::vector<path_step> look(std::filesystem::path const& path);

    /// `path` is absolute. At most 40 links are followed, by their text: those of /proc, which lead
    /// elsewhere than it says, are not. No FIFO is waited for, no device is opened.
    walked_path open(std::filesystem::path const& path);

private:
    friend class walk_along;

    struct directory {
        descriptor opened;
        path_step facts;
    };
    std::map<std::string, directory> seen_; ///< by a path that is free of links
};

/// The user who mounted the file system of that device, from the text of /proc/self/mountinfo: 0
/// where it does not say (only root can then). Nothing when it is not there.
std::optional<uid_t> find_mounter(std::string_view mountinfo, unsigned major, unsigned minor);

} // namespace trafikito::base
