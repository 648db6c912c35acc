#include "config/load.hpp"

#include "base/file.hpp"
#include "config/secrets.hpp"
#include "config/written_values.hpp"

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

} // namespace

loaded_settings load_settings(std::filesystem::path const& config_file,
                              std::vector<std::string> const& environment) {
    loaded_settings loaded;
    settings_sources sources;
    sources.config_file = std::filesystem::absolute(config_file).lexically_normal();
    sources.environment = environment;
    loaded.secrets = secrets_in(sources);

    auto const fixed = base::read_file(sources.config_file, max_file_size);
    if (!fixed.content) {
        loaded.diagnostics.push_back(unreadable(
            sources.config_file, fixed,
            fixed.missing ? "Give the path of trafikito.cfg with --config, or enroll this machine "
                            "with `trafikito-agent enroll`."
                          : "The agent's user must be able to read it."));
        return loaded;
    }
    sources.fixed = parse_assignments(*fixed.content, sources.config_file.string());

    auto const dynamic_file = dynamic_file_of(sources.config_file);
    auto const dynamic = base::read_file(dynamic_file, max_file_size);
    if (dynamic.content) {
        sources.dynamic = parse_assignments(*dynamic.content, dynamic_file.string());
    } else if (!dynamic.missing) {
        loaded.diagnostics.push_back(unreadable(
            dynamic_file, dynamic, "Mend or remove it; without it trafikito.cfg alone holds."));
    }

    if (auto const key_file = api_key_file_of(sources)) {
        auto key = base::read_file(*key_file, max_file_size);
        sources.api_key_file_content = std::move(key.content);
        sources.api_key_file_problem = std::move(key.problem);
    }
    loaded.secrets = secrets_in(sources);
    auto built = build_settings(sources);
    loaded.diagnostics.insert(loaded.diagnostics.end(), built.diagnostics.begin(),
                              built.diagnostics.end());
    if (!has_errors(loaded.diagnostics)) {
        loaded.settings = std::move(built.settings);
    }
    return loaded;
}

loaded_command_list load_command_list(std::filesystem::path const& path) {
    loaded_command_list loaded;
    auto const file = base::read_file(path, max_file_size);
    if (file.content) {
        loaded.list = parse_command_list(*file.content, path.string());
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
