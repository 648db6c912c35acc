#pragma once
// A cgroup of its own for each command, where cgroup v2 is writable (cgroups(7), the kernel's
// cgroup-v2.rst): whatever a command leaves behind is in there, whoever its parent, session or user
// is by then. Used by the warden. Where there is none to be had nothing fails: the warden then
// finds leftovers by descent alone.

#include "base/descriptor.hpp"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::exec {

/// One group. Nobody but its agent may end it: the lock on its directory says that this one lives.
class cgroup {
public:
    /// `name` is its path as /proc/PID/cgroup shows it; `directory` is open.
    cgroup(std::string path, std::string name, base::descriptor directory);
    ~cgroup();
    cgroup(cgroup const&) = delete;
    cgroup& operator=(cgroup const&) = delete;

    /// For CLONE_INTO_CGROUP, and to open its cgroup.procs.
    [[nodiscard]] int directory() const { return directory_.get(); }

    /// Whether a process of which /proc/PID/cgroup says `name` is in it or below it.
    [[nodiscard]] bool holds(std::string_view name) const;

    /// Who is in it and below it, this process never among them.
    [[nodiscard]] std::vector<pid_t> members() const;

    /// Whether anybody in it or below it is alive, be it in a pid namespace that is not ours.
    [[nodiscard]] bool populated() const;

    /// KILL to all of them at once, whoever's they are; this process is spared. False when nobody
    /// is in there, or that cannot be done.
    [[nodiscard]] bool kill() const;

    /// Also the groups that were made in it. False as long as somebody is in there; one that waits
    /// to be reaped does not count. Once it is gone nobody can come into it.
    [[nodiscard]] bool remove();

private:
    std::string path_; // no fs::path: it would take itself apart, each time
    std::string name_;
    base::descriptor directory_;
    bool gone_ = false;
};

/// The groups of this agent's commands, all of them children of the agent's own:
/// `trafikito-INSTALLATION-PID-N`.
class command_groups {
public:
    /// Finds the agent's own group. Ends what commands left in theirs whose agent is gone, when it
    /// was of the same installation. `installation` are letters and digits that no other has; empty
    /// where there is none: then nobody else's groups are touched.
    explicit command_groups(std::string installation = {});

    /// The directory of the agent's own group; empty when it is not to be seen.
    [[nodiscard]] std::filesystem::path const& own() const { return path_; }

    /// An empty group; nothing where none can be made, nor again before try_again().
    std::unique_ptr<cgroup> make();

    /// Whoever may make groups now may not have been allowed to before.
    void try_again() { refused_ = false; }

    /// What the launcher says about it: `error` 0 when its command is in there, else an errno.
    void entered(int error);

    /// Takes over a group whose command is over. It goes as soon as nobody is left in it.
    void retire(std::unique_ptr<cgroup> group);

    /// For the log: `each command runs in a cgroup of its own below /sys/fs/cgroup/...`, or why
    /// not.
    [[nodiscard]] std::string describe() const;

private:
    void find_own();
    void take_over_abandoned();
    void remove_retired();
    std::unique_ptr<cgroup> open(std::string const& directory);

    [[nodiscard]] bool made_here(std::string_view name) const;

    std::string installation_;
    std::string prefix_;         ///< of the names of this installation's groups
    std::string own_prefix_;     ///< the same with this process's pid
    std::filesystem::path path_; ///< the agent's own group; empty when there is none
    std::string name_;           ///< the same, as /proc/self/cgroup shows it
    base::descriptor directory_; ///< the same, open; -1 when there is none
    std::string problem_;        ///< why commands are in no group of their own
    bool refused_ = false;       ///< by the last make()
    std::size_t count_ = 0;
    std::vector<std::unique_ptr<cgroup>> retired_;
};

/// Where a cgroup v2 hierarchy is mounted and which part of it is seen there, from
/// /proc/self/mountinfo (proc(5)); empty paths when it is not mounted.
struct cgroup_mount {
    std::filesystem::path root;  ///< in the hierarchy
    std::filesystem::path point; ///< in the file system
};
cgroup_mount find_cgroup_mount(std::string_view mountinfo);

/// The group in the v2 hierarchy, from the text of /proc/PID/cgroup; empty when it names none.
std::string find_cgroup_name(std::string_view text);

/// The directory of that group below that mount; empty when it is not to be seen there.
std::filesystem::path directory_of(std::string const& name, cgroup_mount const& mount);

} // namespace trafikito::exec
