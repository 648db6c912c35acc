#pragma once
// What the agent that runs sees otherwise than who asks: its var_dir and its list, where they were
// removed or replaced under it, or where its mount namespace (a container, ProtectSystem= and the
// like of a unit) shows others. Reads /proc alone; where that hides it, nothing is said.

#include "agent/diagnosis/known.hpp"

namespace trafikito::agent::diagnosis {

/// What became of the lock that a process holds.
enum class lock_place : std::uint8_t {
    here,      ///< in the var_dir that is there
    elsewhere, ///< in another one
    removed,   ///< its file has no name any more
    none,      ///< it holds none
    unseen
};

struct held_lock {
    lock_place is = lock_place::unseen;
    std::string path; ///< as the kernel names it
};

held_lock find_lock_of(pid_t agent, std::filesystem::path const& var_dir);

/// Adds what is wrong with it to the step about the agent.
void look_at_view(known const& so_far, step& result);

} // namespace trafikito::agent::diagnosis
