#include "config/written_values.hpp"

#include "base/ascii.hpp"
#include "config/diagnostic_sink.hpp"
#include "config/odd_text.hpp"

#include <array>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::string_view prefix = "TRAFIKITO_";

std::string unknown(std::string_view name) {
    if (looks_like_key(name)) {
        return "what stands in front of the = looks like an API key and is not shown: it is no "
               "name "
               "of a key, and has no effect";
    }
    return "unknown key " + in_quotes(name) + "; it has no effect";
}

std::string hint_for(std::string_view name) {
    auto const near = nearest_key(name);
    return near ? "Did you mean " + std::string(*near) + "?"
                : "`trafikito-agent --help-keys` lists the keys.";
}

/// NAME=value in its two parts.
std::pair<std::string_view, std::string_view> split(std::string_view variable) {
    auto const equals = variable.find('=');
    if (equals == std::string_view::npos) {
        return {variable, {}};
    }
    return {variable.substr(0, equals), variable.substr(equals + 1)};
}

/// What a container is enrolled by, once (agent/cli/first_start.hpp): of no meaning afterwards, and
/// no mistake either.
bool is_for_enrolment(std::string_view variable) {
    return variable == "TRAFIKITO_ENROLL_TOKEN_FILE" || variable == "TRAFIKITO_SERVER_NAME";
}

/// What the shell agent's installer wrote for itself.
bool is_of_installer(std::string_view key) {
    return base::equals_ignoring_case(key, "user_api_key") ||
           base::equals_ignoring_case(key, "server_name");
}

} // namespace

std::filesystem::path dynamic_file_of(std::filesystem::path const& config_file) {
    return config_file.parent_path() / "trafikito.app";
}

written_values::written_values(settings_sources const& sources,
                               std::vector<diagnostic>& diagnostics)
    : values_(keys().size()) {
    add_file(sources.fixed, sources.config_file.string(), layer::fixed, diagnostics);
    add_file(sources.dynamic, dynamic_file_of(sources.config_file).string(), layer::dynamic,
             diagnostics);
    add_environment(sources.environment, diagnostics);
}

written_value const* written_values::find(key_id id) const {
    auto const& value = values_[static_cast<std::size_t>(id)];
    return value ? &*value : nullptr;
}

void written_values::set(key_id id, written_value value) {
    auto& slot = values_[static_cast<std::size_t>(id)];
    if ((!value.value.empty() || value.broken) && (!slot || slot->from <= value.from)) {
        slot = std::move(value);
    }
}

void written_values::add_file(assignments const& from, std::string const& file, layer as,
                              std::vector<diagnostic>& diagnostics) {
    diagnostic_sink problems(file);
    for (auto const& one : from.list) {
        auto const* const known = find_key(one.key);
        if (known == nullptr && as == layer::fixed && is_of_installer(one.key)) {
            continue;
        }
        if (known == nullptr) {
            problems.warning(one.line, one.column, unknown(one.key),
                             problems.full() ? std::string() : hint_for(one.key));
        } else if (as == layer::dynamic && !known->tunable) {
            problems.error(one.line, one.column, one.key + " may only stand in trafikito.cfg",
                           "trafikito.app holds what may change while the agent runs. Move the "
                           "line to trafikito.cfg and restart the agent.");
        } else {
            set(known->id, {one.value, one.broken, as, file, one.line, one.value_column});
        }
    }
    diagnostics.insert(diagnostics.end(), from.diagnostics.begin(), from.diagnostics.end());
    auto const found = std::move(problems).take();
    diagnostics.insert(diagnostics.end(), found.begin(), found.end());
}

void written_values::add_environment(std::vector<std::string> const& environment,
                                     std::vector<diagnostic>& diagnostics) {
    // curl reads the lower-case names, and so do most; the others are a fallback.
    constexpr std::array inherited{std::pair(std::string_view("HTTPS_PROXY"), key_id::proxy),
                                   std::pair(std::string_view("https_proxy"), key_id::proxy),
                                   std::pair(std::string_view("NO_PROXY"), key_id::no_proxy),
                                   std::pair(std::string_view("no_proxy"), key_id::no_proxy)};
    for (auto const& [name, id] : inherited) {
        for (auto const& variable : environment) {
            if (auto const [key, value] = split(variable); key == name) {
                set(id, {std::string(value), false, layer::inherited, std::string(name), 0, 0});
            }
        }
    }
    for (auto const& variable : environment) {
        auto const [name, value] = split(variable);
        if (!name.starts_with(prefix) || names_command(name) || is_for_enrolment(name) ||
            name == config_variable) {
            continue;
        }
        auto const key_name = name.substr(prefix.size());
        if (auto const* const known = find_key(key_name); known != nullptr) {
            set(known->id, {std::string(base::trim(value)), false, layer::environment,
                            std::string(name), 0, 0});
        } else {
            diagnostics.push_back({diagnostic::severity::warning, std::string(name), 0, 0,
                                   unknown(base::lower(key_name)), hint_for(key_name)});
        }
    }
}

} // namespace trafikito::config
