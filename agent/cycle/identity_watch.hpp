#pragma once
// Notices that this machine is not the only one that asks as its server, as when its disk was
// cloned: by what the API says to the question for an order, and by the machine's own id. Used by
// whoever asks, and by the daemon at its start. It changes nothing but what is said; what it needs
// to know of earlier questions outlasts the process in the state.

#include "agent/cycle/order_pace.hpp"
#include "agent/persistence/state.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"

#include <string>

namespace trafikito::agent::cycle {

/// Why the machine that made `value`, the state of `identity`, is another one than `machine`, and
/// what to do; empty where it is not or nobody knows.
std::string copy_warning(config::settings const& settings, persistence::state const& value,
                         std::string const& identity, std::string const& machine);

/// Makes the state that of `identity` (identity_fingerprint()), so that what was noted of another
/// is forgotten, and says in the log when its `machine` (machine_fingerprint(); empty: not known)
/// is another than this one: that proves a copy. The same one proves nothing.
void check_machine(config::settings const& settings, persistence::state_file& state,
                   std::string const& identity, std::string const& machine, base::log& log);

/// The API gave an order. After three in a row nobody else seems to ask.
void note_order(persistence::state_file& state, base::log& log);

/// What to say beside the first "too early" that is not this agent's doing; empty where it may be.
std::string perhaps_another_one(order_pace const& pace);

/// The API says "too early". Where this agent kept its distance, which `pace` knows, for the second
/// time in three questions, another one asks as this server: said in the log. Once alone is no
/// proof: an answer that was lost on its way, or a connection that broke under the question, may
/// have let the API count one question of ours twice.
void note_too_early(config::settings const& settings, persistence::state_file& state,
                    order_pace const& pace, base::log& log);

} // namespace trafikito::agent::cycle
