#pragma once
// What begins single cycles (--once) where no daemon is meant to run: a line of a crontab, a timer
// of systemd, a loop of a shell. Reads files and /proc; runs nothing.

#include "agent/diagnosis/known.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace trafikito::agent::diagnosis {

/// Every line of the machine's crontabs that does something, with the file that it stands in.
using crontab_reader = std::function<void(std::filesystem::path const&, std::string_view)>;
void read_crontabs(known const& so_far, crontab_reader const& each);

/// Whether a command line does single cycles of this configuration, which it names, or which is
/// found without being named.
bool begins_cycles(std::string_view line, known const& so_far);

/// In words: `/etc/cron.d/trafikito`, `the timer trafikito.timer`; empty where nothing is found.
std::string find_driver(known const& so_far);

/// Whether a unit's ExecStart= does single cycles.
bool is_unit_of_cycles(std::string_view unit);

} // namespace trafikito::agent::diagnosis
