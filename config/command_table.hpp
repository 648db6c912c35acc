#pragma once
// A program's command line as CLI11 has it, looked at as a table: which commands there are, which
// options each takes, how both are written. Help, manuals, completion and messages speak from it;
// only they include it, because it brings all of CLI11 along.

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// Those that people are told of: not those of the empty group.
std::vector<CLI::App const*> commands_of(CLI::App const& parent);

/// Of this command, and of those above it whose options may stand behind it; --help and --version
/// only of the program itself. Positional ones are not among them.
std::vector<CLI::Option const*> options_of(CLI::App const& of);

/// Without hyphens or with them: `--config`, `-c`. nullptr when the command has none such.
CLI::Option const* find_option(CLI::App const& of, std::string_view name);

std::vector<CLI::Option const*> positionals_of(CLI::App const& of);

/// From the program down to the command that the words named.
std::vector<CLI::App const*> chosen_way(CLI::App const& program);

bool takes_value(CLI::Option const& one);
bool takes_several(CLI::Option const& one);

/// `--config`; `-x` where there is no long one; `SERVER` for a positional one.
std::string name_of(CLI::Option const& one);

/// `-c, --config FILE`, `--json`, `NAME...`.
std::string label_of(CLI::Option const& one);

/// What its value is called: `FILE`.
std::string value_of(CLI::Option const& one);

/// `trafikito-server servers add`.
std::string full_name(CLI::App const& of);

/// The first line of its description: what stands in a list.
std::string summary_of(CLI::App const& of);

/// `trafikito-agent status [--config FILE] [--json]`, as words that belong together.
std::vector<std::string> usage_words(CLI::App const& of);

/// The lines that set_words() made of the examples, without their indent.
std::vector<std::string> example_lines_of(CLI::App const& of);

/// The first one as one line; empty where there is none.
std::string first_example_of(CLI::App const& of);

/// What it said of the exit status; may be empty.
std::string exit_status_of(CLI::App const& of);

} // namespace trafikito::config
