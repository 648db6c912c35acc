#pragma once
// Which words of a command are files that a program reads. `check` asks whether they are there. A
// table; where it is not sure a word is none. Pure text.

#include "config/program_run.hpp"

#include <vector>

namespace trafikito::config {

/// Words that can be known without a shell, but for patterns, which are among them.
std::vector<command_word const*> files_read_by(program_run const& run);

} // namespace trafikito::config
