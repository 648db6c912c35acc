#pragma once
// Which process is which when /proc hides some: one that becomes another user's, or shows itself
// later, goes on as what it was when it was first seen. Used by the warden, for the agent's
// children.

#include "exec/process_info.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace trafikito::exec {

class first_sight {
public:
    /// As look_at(), but `started` is as it was at first sight: 0 of one that was hidden then.
    std::optional<process_info> look_at(pid_t pid);

    /// What is known of a process that has been seen elsewhere.
    void remember(pid_t pid, std::uint64_t started) { started_.insert_or_assign(pid, started); }

    /// It was reaped: somebody else may get its number.
    void forget(pid_t pid) { started_.erase(pid); }
    void forget_all_but(std::set<pid_t> const& processes);

private:
    std::map<pid_t, std::uint64_t> started_;
};

} // namespace trafikito::exec
