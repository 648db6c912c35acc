#pragma once
// What --help, the manual and messages say of the subcommands beside their options: whole
// sentences, and examples that work as they stand. Only the command line uses it.

#include <CLI/CLI.hpp>

namespace trafikito::agent::cli {

/// Behind all add_subcommand() of the program.
void describe(CLI::App& program);

} // namespace trafikito::agent::cli
