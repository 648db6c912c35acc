#include "config/load.hpp"

#include "base/file.hpp"
#include "config/excerpt.hpp"
#include "config/layout.hpp"
#include "config/secrets.hpp"
#include "config/written_values.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <sys/utsname.h>
#include <unistd.h>
#include <utility>

namespace trafikito::config {
namespace {

diagnostic unreadable(std::filesystem::path const& path, base::file_content const& file,
                      std::string hint) {
    return {diagnostic::severity::error, path.string(),  0, 0,
            "the file " + file.problem,  std::move(hint)};
}

base::file_content read(base::walked_path const& reached) {
    return reached.file.open() ? base::read_file(reached.file, max_file_size)
                               : base::file_content{{}, reached.missing, reached.problem};
}

/// A file and the way to it, both as they were when it was read.
struct read_file {
    base::file_content text;
    std::vector<base::path_step> way;
};

read_file read_along(base::path_walk& walk, std::filesystem::path const& path) {
    auto reached = walk.open(path);
    auto text = read(reached);
    return {std::move(text), std::move(reached.steps)};
}

struct read_files {
    read_file fixed;
    read_file dynamic;
};

read_files read_both(std::filesystem::path const& config_file) {
    base::path_walk walk;
    auto fixed = read_along(walk, config_file);
    return {std::move(fixed), read_along(walk, dynamic_file_of(config_file))};
}

/// Whether it says which server this is: then it may say everything.
bool names_server(std::vector<std::string> const& environment) {
    constexpr std::string_view name = "TRAFIKITO_SERVER_ID=";
    return std::ranges::any_of(environment, [&](std::string_view variable) {
        return variable.starts_with(name) && variable.size() > name.size();
    });
}

/// The credential `api_key` that the unit's LoadCredential= named; empty where there is none.
std::filesystem::path credential_in(std::vector<std::string> const& environment) {
    auto const begin = std::string(credentials_variable) + '=';
    for (std::string_view const variable : environment) {
        if (!variable.starts_with(begin)) {
            continue;
        }
        auto const file = std::filesystem::path(variable.substr(begin.size())) / "api_key";
        bool const there = ::access(file.c_str(), F_OK) == 0 || errno == EACCES;
        return file.is_absolute() && there ? file : std::filesystem::path();
    }
    return {};
}

} // namespace

config_choice choose_config_file(std::vector<std::string> const& environment) {
    auto const name = std::string(config_variable) + '=';
    for (std::string_view const variable : environment) {
        if (variable.starts_with(name) && variable.size() > name.size()) {
            return {std::filesystem::path(variable.substr(name.size())),
                    "named by " + std::string(config_variable)};
        }
    }
    for (std::filesystem::path const place : {installed_config_file, packaged_config_file}) {
        std::error_code failed;
        // One that may not be looked at is there: that it cannot be read must be said.
        if (std::filesystem::exists(place, failed) || failed == std::errc::permission_denied) {
            return {place, "found where installations usually are"};
        }
    }
    if (names_server(environment)) {
        return {default_config_to_enrol(), "no file: the environment alone says all"};
    }
    return {default_config_to_enrol(), "where an installation would be; there is none"};
}

std::filesystem::path default_config_to_enrol() {
    std::filesystem::path const installed = installed_config_file;
    std::filesystem::path const packaged = packaged_config_file;
    std::error_code ignored;
    bool const by_package =
        std::filesystem::exists(packaged.parent_path(), ignored) &&
        !std::filesystem::exists(installed.parent_path().parent_path(), ignored);
    return by_package ? packaged : installed;
}

loaded_settings load_settings(std::filesystem::path const& config_file,
                              std::vector<std::string> const& environment, key_reading key) {
    loaded_settings loaded;
    settings_sources sources;
    sources.credential = credential_in(environment);
    sources.key_may_be_unreadable = key == key_reading::if_readable;
    sources.config_file = std::filesystem::absolute(config_file).lexically_normal();
    sources.environment = environment;
    loaded.secrets = secrets_in(sources);

    auto files = read_both(sources.config_file);
    auto& fixed = files.fixed.text;
    if (fixed.missing && names_server(environment)) {
        fixed.content = "";
    }
    if (!fixed.content) {
        loaded.diagnostics.push_back(unreadable(
            sources.config_file, fixed,
            fixed.missing ? "Give the path of trafikito.cfg with --config, or enroll this machine "
                            "with `trafikito-agent enroll`, or set TRAFIKITO_SERVER_ID and "
                            "TRAFIKITO_API_KEY_FILE."
            : fixed.problem.starts_with("is ")
                ? "Name the file with the settings: a regular file of at most 1 MiB."
                : "The agent's user must be able to read it."));
        return loaded;
    }
    sources.fixed = parse_assignments(*fixed.content, sources.config_file.string());

    auto const dynamic_file = dynamic_file_of(sources.config_file);
    auto const& dynamic = files.dynamic.text;
    if (dynamic.content) {
        sources.dynamic = parse_assignments(*dynamic.content, dynamic_file.string());
    } else if (!dynamic.missing) {
        loaded.diagnostics.push_back(unreadable(
            dynamic_file, dynamic, "Mend or remove it; without it trafikito.cfg alone holds."));
    }

    if (auto const key_file = api_key_file_of(sources)) {
        auto read_key = base::read_file(*key_file, max_file_size);
        sources.api_key_file_content = std::move(read_key.content);
        sources.api_key_file_problem = std::move(read_key.problem);
    }
    loaded.secrets = secrets_in(sources);
    auto built = build_settings(sources);
    loaded.diagnostics.insert(loaded.diagnostics.end(), built.diagnostics.begin(),
                              built.diagnostics.end());
    add_excerpts(loaded.diagnostics, sources.config_file.string(), *fixed.content,
                 text_kind::settings);
    add_excerpts(loaded.diagnostics, dynamic_file.string(), dynamic.content.value_or(""),
                 text_kind::settings);
    loaded.of_environment = std::move(built.of_environment);
    loaded.as_far = std::move(built.settings);
    loaded.as_far->config_way = std::move(files.fixed.way);
    loaded.as_far->dynamic_way = std::move(files.dynamic.way);
    if (!has_errors(loaded.diagnostics)) {
        loaded.settings = loaded.as_far;
    }
    return loaded;
}

loaded_command_list load_command_list(std::filesystem::path const& path) {
    config::settings of;
    of.available_commands = path;
    return load_command_list(of, base::path_walk().open(path));
}

loaded_command_list load_command_list(config::settings const& of,
                                      base::walked_path const& reached) {
    loaded_command_list loaded;
    auto const& path = of.available_commands;
    auto const file = read(reached);
    if (file.content || (file.missing && !of.environment_commands.empty())) {
        loaded.list = parse_command_list(file.content.value_or(""), path.string(), of.command_env);
        add_environment_commands(*loaded.list, of.environment_commands, of.command_env);
        add_excerpts(loaded.list->diagnostics, path.string(), file.content.value_or(""),
                     text_kind::commands);
    } else {
        loaded.diagnostics.push_back(
            unreadable(path, file, "Without this list no command can be run."));
    }
    return loaded;
}

os_facts load_os_facts() {
    utsname system{};
    std::string const sysname = ::uname(&system) == 0 ? system.sysname : "linux";
    for (auto const* const path : {"/etc/os-release", "/usr/lib/os-release"}) {
        if (auto const file = base::read_file(path, max_file_size); file.content) {
            return find_os_facts(*file.content, sysname);
        }
    }
    return find_os_facts(std::nullopt, sysname);
}

std::vector<std::string> process_environment() {
    std::vector<std::string> result;
    for (char const* const* one = environ; one != nullptr && *one != nullptr; ++one) {
        result.emplace_back(*one);
    }
    return result;
}

} // namespace trafikito::config
