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

using command = CLI::App;
using option = CLI::Option;

/// Those that people are told of: not those of the empty group.
std::vector<command const*> commands_of(command const& parent);

/// Of this command, and of those above it whose options may stand behind it; --help and --version
/// only of the program itself. Positional ones are not among them.
std::vector<option const*> options_of(command const& of);

/// Without hyphens or with them: `--config`, `-c`. nullptr when the command has none such.
option const* find_option(command const& of, std::string_view name);

std::vector<option const*> positionals_of(command const& of);

/// From the program down to the command that the words named.
std::vector<command const*> chosen_way(command const& program);

bool takes_value(option const& one);
bool takes_several(option const& one);

/// `--config`; `-x` where there is no long one; `SERVER` for a positional one.
std::string name_of(option const& one);

/// `-c, --config FILE`, `--json`, `NAME...`.
std::string label_of(option const& one);

/// What its value is called: `FILE`.
std::string value_of(option const& one);

/// `trafikito-server servers add`.
std::string full_name(command const& of);

/// The first line of its description: what stands in a list.
std::string summary_of(command const& of);

/// `trafikito-agent status [--config FILE] [--json]`, as words that belong together.
std::vector<std::string> usage_words(command const& of);

/// The lines that set_words() made of the examples, without their indent.
std::vector<std::string> example_lines_of(command const& of);

/// The first one as one line; empty where there is none.
std::string first_example_of(command const& of);

/// What it said of the exit status; may be empty.
std::string exit_status_of(command const& of);

} // namespace trafikito::config
