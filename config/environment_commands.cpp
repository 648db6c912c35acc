#include "config/environment_commands.hpp"

#include "config/command_definition.hpp"
#include "config/key.hpp"

#include <utility>
#include <variant>

namespace trafikito::config {

namespace {

constexpr std::string_view all_keys = "TRAFIKITO_";
constexpr std::string_view prefix = "TRAFIKITO_RUN_";
constexpr std::string_view name_prefix = "trafikito_";

std::string line_of(std::string_view variable, std::string_view value) {
    auto name = variable.substr(prefix.size());
    if (name.starts_with(name_prefix)) {
        name.remove_prefix(name_prefix.size());
    }
    return std::string(name_prefix) + std::string(name) + "=\"" + std::string(value) + "\"";
}

/// What is wrong with a value; nothing when it makes a line of the list.
std::optional<line_problem> problem_of(std::string_view value, std::string const& line) {
    if (value.find_first_of("\r\n") != std::string_view::npos) {
        return line_problem{
            0, "a command is one line, and this holds several",
            "Join them with `;` or `&&`, or name a script that the container holds."};
    }
    auto const parsed = parse_command_definition(line);
    auto const* const problem = std::get_if<line_problem>(&parsed);
    return problem != nullptr ? std::optional(*problem) : std::nullopt;
}

void drop(command_list& list, std::string_view name) {
    std::erase_if(list.commands, [&](command const& one) { return one.name == name; });
    std::erase_if(list.refused, [&](refused_command const& one) { return one.name == name; });
    std::erase_if(list.valid_lines, [&](std::string const& line) {
        return line.starts_with(name) && line.substr(name.size()).starts_with('=');
    });
}

} // namespace

bool names_command(std::string_view variable) {
    return variable.starts_with(prefix) && variable.size() > prefix.size() &&
           find_key(variable.substr(all_keys.size())) == nullptr;
}

std::vector<environment_command>
read_environment_commands(std::vector<std::string> const& environment,
                          std::vector<diagnostic>& diagnostics) {
    std::vector<environment_command> found;
    for (std::string_view const one : environment) {
        auto const variable = one.substr(0, one.find('='));
        auto const value = one.substr(std::min(variable.size() + 1, one.size()));
        if (!names_command(variable) || value.empty()) {
            continue;
        }
        auto line = line_of(variable, value);
        if (auto problem = problem_of(value, line)) {
            diagnostics.push_back({diagnostic::severity::error, std::string(variable), 0, 0,
                                   std::move(problem->what), std::move(problem->hint)});
        } else {
            found.push_back({std::string(variable), std::move(line)});
        }
    }
    return found;
}

void add_environment_commands(command_list& list, std::vector<environment_command> const& commands,
                              std::vector<std::string> const& command_env) {
    for (auto const& [variable, line] : commands) {
        auto parsed = parse_command_list(line, variable, command_env);
        for (auto& one : parsed.commands) {
            drop(list, one.name);
            one.line_number = 0;
            list.commands.push_back(std::move(one));
            list.valid_lines.push_back(line);
        }
        for (auto& one : parsed.diagnostics) {
            one.line = one.column = 0; // of a line that nobody wrote
            list.diagnostics.push_back(std::move(one));
        }
    }
}

} // namespace trafikito::config
