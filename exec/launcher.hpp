#pragma once
// Starts /bin/sh, as Boost.Process v2's launchers start programs; these leak descriptors, leave a
// zombie behind a failed exec and make the loop wait for a slow resolver, and a handle of its kind
// costs as many system calls as all that is needed (doc/traps.md). Used by run_child() only.

#include "base/descriptor.hpp"
#include "exec/command.hpp"
#include "exec/parent_facts.hpp"

#include <string>

namespace trafikito::exec {

/// A child that was started, and that nobody has reaped. The kernel may have no pidfd to give
/// (before Linux 5.2), or a filter of system calls refuse it.
struct launched {
    pid_t pid = -1;             ///< -1: nothing was started
    base::descriptor pidfd{-1}; ///< readable once it has ended
};

/// It shares memory with the child until exec, as posix_spawn(3) does, so it costs no more,
/// whatever the agent holds.
///
/// The child leads a session and a process group of its own, which it cannot leave, and has no
/// terminal; it does not outlive the agent. What is below it stays there, for it is the one to
/// which its orphans are handed (a child subreaper), so that nothing comes to the agent before it
/// has ended. It gets default signal dispositions and an empty mask,
/// umask 022, stdin from /dev/null, no descriptor above 2, and what its restrictions say. As
/// another user it owns the pipe that it prints to: it could not open /dev/stdout and /dev/stderr
/// else.
class shell_launcher {
public:
    /// `output` becomes the child's stdout and stderr; `group` is the directory of the cgroup that
    /// it is to run in, -1 for none. Both stay the caller's. `tag` is what it and all that it
    /// starts are known by (process_info.hpp).
    shell_launcher(execution_environment const& around, restrictions const& limited,
                   parent_facts const& parent, int output, int group, std::uint64_t tag)
        : around_(around), limited_(limited), parent_(parent), output_(output), group_(group),
          tag_(tag) {}

    /// Runs `script` by `/bin/sh -c`. On failure nothing was started and `error` says in words what
    /// did not work; no child and no zombie is left then. Looking up the user of `user=` may ask
    /// the name service.
    launched operator()(std::string const& script, std::string& error);

    /// Why the child that was started is not in its cgroup (an errno); 0 when it is. No reason not
    /// to run it.
    [[nodiscard]] int group_error() const { return group_error_; }

    /// The errno of what kept the child from being started; 0 when it was, or no call failed.
    [[nodiscard]] int error_number() const { return error_number_; }

private:
    execution_environment const& around_;
    restrictions const& limited_;
    parent_facts const& parent_;
    int output_;
    int group_;
    std::uint64_t tag_;
    int group_error_ = 0;
    int error_number_ = 0;
};

} // namespace trafikito::exec
