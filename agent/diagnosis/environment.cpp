#include "agent/diagnosis/environment.hpp"

#include "agent/diagnosis/known.hpp"
#include "agent/diagnosis/processes.hpp"
#include "agent/persistence/instance_lock.hpp"
#include "agent/persistence/living_agent.hpp"
#include "base/file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <set>

namespace trafikito::agent::diagnosis {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_environment = 2UL * 1024 * 1024;
constexpr std::string_view of_keys = "TRAFIKITO_";

/// What config/ takes besides TRAFIKITO_KEY (written_values.cpp).
constexpr std::array<std::string_view, 4> of_proxy{"https_proxy", "HTTPS_PROXY", "no_proxy",
                                                   "NO_PROXY"};
/// What OpenSSL and the C library read (openssl-env(7), resolv.conf(5), hostname(7)). Not
/// OPENSSL_CONF, which loads code.
constexpr std::array<char const*, 5> of_libraries{"SSL_CERT_FILE", "SSL_CERT_DIR", "RES_OPTIONS",
                                                  "LOCALDOMAIN", "HOSTALIASES"};

std::string_view name_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

bool is_of_agent(std::string_view name) {
    return (name.starts_with(of_keys) && name != config::config_variable) ||
           std::ranges::find(of_proxy, name) != of_proxy.end() ||
           std::ranges::find(of_libraries, name) != of_libraries.end();
}

/// The last of that name, as a variable of the agent; nothing where it is not set or empty.
std::optional<std::string_view> value_in(std::vector<std::string> const& all,
                                         std::string_view name) {
    std::optional<std::string_view> found;
    for (std::string_view const one : all) {
        if (name_of(one) == name && one.size() > name.size() + 1) {
            found = one.substr(name.size() + 1);
        }
    }
    return found;
}

std::optional<fs::path> var_dir_with(question const& asked,
                                     std::vector<std::string> const& environment) {
    auto const loaded =
        config::load_settings(asked.config_file, environment, config::key_reading::if_readable);
    auto const& found = loaded.settings ? loaded.settings : loaded.as_far;
    return found ? std::optional(found->var_dir) : std::nullopt;
}

/// The daemon of that configuration, by what it keeps in `var`; 0: none.
pid_t daemon_in(fs::path const& var, question const& asked) {
    auto const status = persistence::look_at_status(var);
    auto const living =
        status && !status->once ? persistence::find_living(*status, var) : std::nullopt;
    if (living && living->pid != 0) {
        return living->pid;
    }
    auto const holder = persistence::holder_of_directory(var);
    auto const seen = holder ? find_process(*holder) : std::nullopt;
    bool const ours = seen && kinship_of(*seen, asked.config_file) == kinship::same;
    return ours && !is_one_cycle(*seen) ? *holder : 0;
}

/// Its var_dir may have been said in an environment, or not have been.
pid_t find_daemon(question const& asked) {
    std::set<fs::path> looked_into;
    for (auto const& environment : {asked.environment, std::vector<std::string>()}) {
        auto const var = var_dir_with(asked, environment);
        if (!var || !looked_into.insert(*var).second) {
            continue;
        }
        if (auto const pid = daemon_in(*var, asked); pid != 0) {
            return pid;
        }
    }
    return 0;
}

void compare(environment& of_daemon, question const& asked) {
    for (auto const& name : different_variables(of_daemon.values, asked.environment)) {
        bool const there = of_daemon.has(name);
        bool const here = value_in(asked.environment, name).has_value();
        of_daemon.different.push_back(
            name +
            (there && here
                 ? " is not the same in " + of_daemon.in_words() + " and in that of this shell"
             : there ? " is set in " + of_daemon.in_words() + ", and not in that of this shell"
                     : " is set in the environment of this shell alone, not in that of the "
                       "agent"));
    }
}

} // namespace

std::string environment::in_words() const {
    return is == whose::daemon ? "the environment of the agent, process " + std::to_string(daemon)
                               : std::string("the environment of this shell");
}

bool environment::has(std::string_view name) const {
    return value_in(values, name).has_value();
}

std::vector<std::string> parse_environment(std::string_view text) {
    auto all = split_at_nuls(text, max_environment);
    std::erase(all, "");
    return all;
}

std::vector<std::string> different_variables(std::vector<std::string> const& one,
                                             std::vector<std::string> const& other) {
    std::set<std::string> names;
    for (auto const* const all : {&one, &other}) {
        for (auto const& variable : *all) {
            auto const name = name_of(variable);
            if (is_of_agent(name) && value_in(one, name) != value_in(other, name)) {
                names.emplace(name);
            }
        }
    }
    return {names.begin(), names.end()};
}

environment find_environment(question const& asked) {
    environment found;
    found.daemon = find_daemon(asked);
    if (found.daemon == 0) {
        found.values = asked.environment;
        return found;
    }
    auto const file =
        base::read_file("/proc/" + std::to_string(found.daemon) + "/environ", max_environment);
    if (file.content) {
        found.is = environment::whose::daemon;
        found.values = parse_environment(*file.content);
        compare(found, asked);
        return found;
    }
    // What starts a service hands it nothing of a shell. Where the files alone say too little, the
    // environment is the installation, and whoever asks has it, too.
    found.is = environment::whose::nobody;
    std::ranges::copy_if(
        asked.environment, std::back_inserter(found.values),
        [](std::string const& variable) { return !is_of_agent(name_of(variable)); });
    auto const alone =
        config::load_settings(asked.config_file, found.values, config::key_reading::if_readable);
    found.files_alone = alone.settings.has_value();
    if (!found.files_alone) {
        found.values = asked.environment;
    }
    return found;
}

void wear(environment const& what) {
    if (what.is == environment::whose::asker) {
        return;
    }
    for (auto const* const name : of_libraries) {
        auto const value = value_in(what.values, name);
        std::error_code failed;
        // What would block whoever opens it is no file of certificates.
        bool const usable =
            value && (fs::is_regular_file(*value, failed) || fs::is_directory(*value, failed) ||
                      !fs::exists(*value, failed));
        if (usable) {
            ::setenv(name, std::string(*value).c_str(), 1);
        } else {
            ::unsetenv(name);
        }
    }
}

} // namespace trafikito::agent::diagnosis
