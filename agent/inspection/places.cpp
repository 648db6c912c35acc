#include "agent/inspection/places.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/shell_quoting.hpp"
#include "config/assignments.hpp"
#include "config/excerpt.hpp"
#include "config/load.hpp"

#include <algorithm>
#include <ranges>
#include <string_view>
#include <utility>

namespace trafikito::agent::inspection {

namespace {

/// By number, from 1 on.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    base::line_reader reader(text);
    while (auto const line = reader.next()) {
        lines.push_back(line->text);
    }
    return lines;
}

} // namespace

places::places(config::settings const& settings, std::vector<std::string> const& environment) {
    read(settings.config_file);
    read(settings.dynamic_file);
    constexpr std::string_view prefix = "TRAFIKITO_";
    for (std::string_view const variable : environment) {
        auto const name = variable.substr(0, variable.find('='));
        if (!name.starts_with(prefix) || name.size() + 1 >= variable.size()) {
            continue;
        }
        if (auto const* const key = config::find_key(name.substr(prefix.size()))) {
            known_.emplace_back(key->id, place{std::string(name), 0, 0, {}, false});
        }
    }
}

void places::read(std::filesystem::path const& file) {
    auto const text = base::read_file(file, config::max_file_size).content.value_or("");
    auto const lines = lines_of(text);
    for (auto const& one : config::parse_assignments(text, file.string()).list) {
        auto const* const key = config::find_key(one.key);
        if (key == nullptr || one.value.empty() || one.line == 0 || one.line > lines.size()) {
            continue;
        }
        auto const shown = config::shown_part_of_setting(lines[one.line - 1]);
        auto const column = std::min(one.value_column, shown.size() + 1);
        // A line without blanks around the = may be read by a shell as well.
        auto const equals = shown.find('=');
        bool const exported = base::trim(shown).starts_with("export") ||
                              (equals != std::string::npos && equals + 1 < shown.size() &&
                               !base::is_blank(shown[equals + 1]));
        known_.emplace_back(key->id, place{file.string(), one.line, one.value_column,
                                           config::excerpt_of(shown, column), exported});
    }
}

places::place const* places::find(config::key_id key) const {
    for (auto const& [id, where] : std::views::reverse(known_)) {
        if (id == key) {
            return &where;
        }
    }
    return nullptr;
}

config::diagnostic places::at(config::key_id key, level as, std::filesystem::path const& otherwise,
                              std::string what, std::string hint) const {
    config::diagnostic result;
    result.level = as;
    result.file = otherwise.string();
    result.what = std::move(what);
    result.hint = std::move(hint);
    if (auto const* const where = find(key)) {
        result.file = where->file;
        result.line = where->line;
        result.column = where->column;
        result.source = where->source;
    }
    return result;
}

std::string places::changing_command(config::key_id key, std::string const& value) const {
    auto const name = std::string(config::describe(key).name);
    auto const* const where = find(key);
    if (where == nullptr || where->line == 0 ||
        value.find_first_of("|&\\'\n") != std::string::npos) {
        return (where == nullptr || where->line != 0 ? name + " = " : where->file + "=") + value;
    }
    return "sed -i '" + std::to_string(where->line) +
           "s|=.*|=" + (where->exported ? base::shell_quoted(value) : " " + value) + "|' " +
           base::shell_quoted(where->file);
}

} // namespace trafikito::agent::inspection
