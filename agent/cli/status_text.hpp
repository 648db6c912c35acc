#pragma once
// What `status` shows people of a running agent, line by line, aligned. Reads nothing, prints
// nothing.

#include "agent/persistence/status.hpp"
#include "base/timestamp.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// Lines without their newlines; `stopped`: why the API stopped this server, if it did.
std::vector<std::string> status_lines(persistence::daemon_status const& value,
                                      std::optional<std::string> const& stopped,
                                      base::timestamp const& now);

/// `12 s ago`, `never`.
std::string ago(std::optional<base::timestamp> const& when, base::timestamp const& now);

/// `in 48 s`, `overdue by 3 s`: `when` is in the future, or should be.
std::string due_in_words(base::timestamp const& when, base::timestamp const& now);

/// Until then; negative when it is past.
std::chrono::milliseconds left_until(base::timestamp const& when, base::timestamp const& now);

/// What is known of the last cycle: when it ended, and how.
std::string last_cycle_in_words(persistence::daemon_status const& value,
                                base::timestamp const& now);

} // namespace trafikito::agent::cli
