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

/// What changes when a file is written, or another one takes its name.
struct file_stamp {
    dev_t device = 0;
    ino_t inode = 0;
    std::int64_t size = 0;
    std::int64_t written = 0; ///< nanoseconds, as st_mtim
    std::int64_t changed = 0; ///< the same, as st_ctim

    friend bool operator==(file_stamp const&, file_stamp const&) = default;
};

struct walked_path {
    descriptor file;        ///< a regular file, open for reading; closed when there is a problem
    bool unchanged = false; ///< it is still as its stamp says that was handed in: not opened
    /// Of `file`. Nothing where it might change and keep its stamp: because it was written a moment
    /// ago, or on a file system that is not known for exact times (one of a network, say).
    std::optional<file_stamp> stamp;
    std::vector<path_step> steps; ///< as far as it went
    bool missing = false;         ///< something of the way is not there
    std::string problem;          ///< in words, after the path: `cannot be read: …`
};

/// What several walks have in common is walked once: they are one look at an installation. Holds a
/// descriptor for each directory, as long as this lives.
class path_walk {
public:
    /// Another look begins: nothing that was seen counts any more. Of a directory that turns out to
    /// be the very same one the descriptor is used again; its owner and mode are looked up.
    void look_again();

    /// The look is over. Closes what it did not come by; and what is on another file system than
    /// the root and `in_use`, which would otherwise be kept from being unmounted: of a look that
    /// came by such a one is_as_before() is never said.
    void let_go(std::filesystem::path const& in_use);

    /// Whether another look would see the very same as the last one: all names that it looked up
    /// are looked up again, and lead to the same objects, with the same owners and modes, and where
    /// a file was `known`, with the same stamp. Never so when the last look had to open a file or
    /// followed a link: then look again.
    [[nodiscard]] bool is_as_before() const;

    /// The way alone: nothing is opened for reading.
    std::vector<path_step> look(std::filesystem::path const& path);

    /// `path` is absolute. At most 40 links are followed, by their text: those of /proc, which lead
    /// elsewhere than it says, are not. No FIFO is waited for, no device is opened. A file that is
    /// as it was when `known` was its stamp is not opened either.
    walked_path open(std::filesystem::path const& path,
                     std::optional<file_stamp> const& known = std::nullopt);

private:
    friend class walk_along;

    struct directory {
        descriptor opened;
        path_step facts;
        dev_t device = 0;
        ino_t inode = 0;
        std::optional<unsigned long> file_system; ///< once asked for: statfs(2), f_type
        std::uint64_t look = 0;                   ///< in which it was seen last
    };
    /// A name that was looked up in this look, and what it led to.
    struct observation {
        int in = -1; ///< directory
        std::string name;
        int error = 0;
        int opened = -1;        ///< what it led to, if that is a directory
        bool read_only = false; ///< its mount, where that was looked at
        struct stat facts{};
    };

    static bool holds(observation const& one);

    std::map<std::string, directory> seen_; ///< by a path that is free of links
    std::uint64_t look_ = 0;
    std::vector<observation> observed_;
    bool repeatable_ = false; ///< all that counts is in observed_
};

} // namespace trafikito::base
