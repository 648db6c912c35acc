#pragma once
// Programs that do something else in a command of ours than at a terminal: that wait for input that
// nobody gives, never end, ask names of a network, want a terminal or bash. A table; command_lint
// asks it. Pure text.

#include "config/program_run.hpp"

#include <optional>
#include <string>

namespace trafikito::config {

struct advice {
    std::string what;
    std::string hint;
};

/// The first rule that a run of a program breaks; nothing where it cannot be known.
/// `sh_is_bash`: what /bin/sh is on this machine.
std::optional<advice> find_advice(program_run const& run, bool sh_is_bash);

} // namespace trafikito::config
