#pragma once
// What a command names besides programs, and is not there: files that it reads or writes, folders
// that it enters, patterns that match nothing, homes of nobody. Asked below daemon::eyes_of. Opens
// no file.

#include "agent/inspection/access.hpp"
#include "config/command_lint.hpp"

#include <filesystem>
#include <vector>

namespace trafikito::agent::inspection {

/// The offsets are those of find_command_faults(). What the command itself asks for, makes, or
/// throws the errors of away is not told.
std::vector<config::command_fault> find_missing_operands(config::read_command const& command,
                                                         std::filesystem::path const& directory,
                                                         onlooker const& who);

/// Whether something is there that a pattern of a shell matches; yes where that takes too long to
/// find out.
bool matches_something(std::filesystem::path const& pattern);

} // namespace trafikito::agent::inspection
