#pragma once
// What is typed to stop the agent that runs, and to begin it anew: through what keeps it (a unit, a
// script, the controller), else by its process number. Only a process that was seen to be the agent
// of this installation is ever named. Whatever is printed may be pasted late, or twice.

#include "agent/diagnosis/known.hpp"

#include <string>

namespace trafikito::agent::diagnosis {

/// Empty where it is out of sight: then only its container can be stopped.
std::string how_to_stop(known const& so_far);

enum class condition : std::uint8_t { working, hanging };

/// The same for a restart. One that is `hanging` heeds no TERM.
std::string how_to_restart(known const& so_far, condition of = condition::working);

/// The same in a sentence: the command, or whose part it is.
std::string restart_in_words(known const& so_far);

/// Adds to a cause what begins the agent anew.
void add_restart(known const& so_far, cause& to, condition of = condition::working);

/// What makes it read its configuration again; empty where it is out of sight.
std::string how_to_reload(known const& so_far);

/// The commands, done while no agent runs: what runs is stopped before them, and begun again after
/// them, whatever came of them.
std::string while_stopped(known const& so_far, std::string const& commands);

/// Of /proc/PID/cgroup: the unit of systemd that a process belongs to; empty: none, or a container.
std::string unit_in_cgroup(std::string_view text);

} // namespace trafikito::agent::diagnosis
