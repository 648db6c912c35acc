#pragma once
// The steps of `why`, in the order in which a report goes its way. Each looks at one thing, tells
// the next ones what it learned by `known`, and returns what to say; diagnose() calls them and
// takes their time. None sends a report, takes a lock while a daemon lives, or waits without bound.

#include "agent/diagnosis/known.hpp"
#include "agent/diagnosis/step.hpp"

namespace trafikito::agent::diagnosis {

/// How the sentence about a configuration with errors begins.
inline constexpr std::string_view no_agent_starts = "no agent starts";

step look_at_configuration(known& so_far);
step look_at_permissions(known& so_far);
step look_at_list(known& so_far);
step look_at_check(known& so_far);
step look_at_service(known& so_far);
step look_at_other_agents(known& so_far);
step look_at_lock(known& so_far);
step look_at_daemon(known& so_far);
step look_at_clock(known& so_far);
step look_at_stop(known& so_far);
step look_at_order(known& so_far);
step look_at_spool(known& so_far);
step look_at_disk(known& so_far);
step look_at_last_cycles(known& so_far);

/// Whether trafikito.cfg was written after the daemon had started: it may run with an earlier one.
bool changed_since_start(known const& so_far);

/// For who finds a certificate that is not valid by a clock with a `clock_jump`.
cause clock_that_was_set(known const& so_far);

/// What sets the clock, to be typed.
std::string clock_command();

} // namespace trafikito::agent::diagnosis
