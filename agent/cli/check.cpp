#include "agent/cli/check.hpp"

#include "agent/cli/gained_rights.hpp"
#include "agent/cycle/identity_watch.hpp"
#include "agent/daemon/kernel_support.hpp"
#include "agent/daemon/session.hpp"
#include "agent/persistence/machine.hpp"
#include "agent/persistence/record_file.hpp"
#include "agent/persistence/state.hpp"
#include "agent/persistence/status.hpp"
#include "agent/persistence/stop_file.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "config/load.hpp"
#include "exec/daemon_scope.hpp"
#include "exec/user.hpp"
#include "net/http/client.hpp"

#include <boost/asio/io_context.hpp>

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <ostream>

namespace trafikito::agent::cli {

namespace {

using config::diagnostic;
using level = config::diagnostic::severity;

class findings {
public:
    explicit findings(std::ostream& out) : out_(out) {}

    void add(std::vector<diagnostic> const& found) {
        for (auto const& one : found) {
            out_ << one.format() << '\n';
            ++(one.level == level::error ? errors_ : warnings_);
        }
    }
    void add(level as, std::filesystem::path const& file, std::string what, std::string hint) {
        add({{as, file.string(), 0, 0, std::move(what), std::move(hint)}});
    }

    [[nodiscard]] bool any_error() const { return errors_ != 0; }
    [[nodiscard]] std::string summary() const {
        return base::count_of(errors_, "error") + ", " + base::count_of(warnings_, "warning");
    }

private:
    std::ostream& out_;
    std::size_t errors_ = 0;
    std::size_t warnings_ = 0;
};

/// The user that the daemon becomes.
uid_t daemons_user(config::settings const& settings) {
    auto const user = settings.run_as.empty() ? std::nullopt : exec::find_user(settings.run_as);
    return user ? user->uid : ::geteuid();
}

/// `daemon=yes`: what it leaves running is meant to stay, longer than the agent.
void check_daemons(config::settings const& settings, config::command_list const& list,
                   findings& found) {
    auto const why = exec::why_daemons_end_with_agent(daemons_user(settings));
    for (auto const& one : list.commands) {
        if (one.options.daemon && !why.empty()) {
            found.add({{level::warning, settings.available_commands.string(), one.line_number, 0,
                        "what " + one.name +
                            " leaves running will not survive a restart of the agent, though it "
                            "says daemon=yes: " +
                            why,
                        "Start it by a unit of its own, and ask here only whether it runs."}});
        }
    }
}

/// This process, where a unit's ExecStartPre= runs it, else the agent that runs now.
std::optional<bound_process> find_bound_agent(config::settings const& settings) {
    constexpr std::size_t limit = 64UL * 1024;
    auto const look_at = [](std::string const& process) {
        auto const status = base::read_file("/proc/" + process + "/status", limit);
        return find_bound(status.content.value_or(""));
    };
    if (auto self = look_at("self")) {
        auto const user = exec::find_user(settings.run_as);
        return user ? bound_process{user->uid, user->gid} : *self;
    }
    constexpr std::size_t max_status = 16UL * 1024 * 1024;
    auto const file =
        persistence::read_recorded(persistence::status_file_in(settings.var_dir), max_status);
    auto const daemon = persistence::parse_status(file.content.value_or(""));
    return daemon && persistence::is_running(*daemon) ? look_at(std::to_string(daemon->pid))
                                                      : std::nullopt;
}

/// What NoNewPrivileges= of the unit takes from a command.
void check_gained_rights(config::settings const& settings, config::command_list const& list,
                         findings& found) {
    auto const agent = find_bound_agent(settings);
    if (!agent || agent->user == 0) {
        return;
    }
    for (auto const& one : list.commands) {
        auto const programs = programs_in(one.text);
        auto const needing = std::ranges::find_if(programs, [&](auto const& program) {
            return needs_to_gain_rights(program, agent->group);
        });
        if (needing != programs.end()) {
            found.add({{level::warning, settings.available_commands.string(), one.line_number, 0,
                        one.name + " runs " + *needing +
                            ", which needs rights that it gains by being run; the agent's service "
                            "forbids that (NoNewPrivileges), and it will fail",
                        "Allow it by the drop-in more-rights.conf of the unit (trafikito-agent(8), "
                        "UNDER SYSTEMD), or do without it."}});
        }
    }
}

std::size_t check_commands(config::settings const& settings, base::walked_path const& list,
                           findings& found) {
    auto const loaded = config::load_command_list(settings, list);
    found.add(loaded.diagnostics);
    if (!loaded.list) {
        return 0;
    }
    found.add(loaded.list->diagnostics);
    check_daemons(settings, *loaded.list, found);
    check_gained_rights(settings, *loaded.list, found);
    return loaded.list->commands.size();
}

/// By the state as it lies there: nothing of it is set aside or changed.
void check_machine(config::settings const& settings, findings& found) {
    auto const state = persistence::look_at_state(settings.var_dir);
    auto const warning =
        state ? cycle::copy_warning(settings, *state, persistence::identity_fingerprint(settings),
                                    persistence::machine_fingerprint())
              : std::string();
    if (!warning.empty()) {
        found.add(level::warning, settings.var_dir, warning, {});
    }
}

void check_var(config::settings const& settings, findings& found) {
    if (::access(settings.var_dir.c_str(), W_OK | X_OK) != 0) {
        found.add(
            level::error, settings.var_dir,
            "var_dir cannot be written by this user: the report and the state of the agent have no "
            "place",
            "Create it and give it to the user that the agent runs as.");
    }
    check_machine(settings, found);
    if (auto const reason = persistence::stop_reason(settings.var_dir)) {
        found.add(level::warning, persistence::stop_file_in(settings.var_dir),
                  "stopped by the API: " + *reason + "; nothing runs as long as this file is there",
                  "Remove it to run again.");
    }
}

void check_var_modes(config::settings const& settings, persistence::verdict const& judged,
                     findings& found) {
    for (auto const& one : persistence::find_loose_var(settings, daemons_user(settings))) {
        bool const said = std::ranges::any_of(
            judged.loose, [&](auto const& other) { return other.path == one.path; });
        if (!said) {
            found.add(level::warning, one.path,
                      one.what + ": they could stop the agent and forge what it keeps",
                      one.advice());
        }
    }
}

/// For the user that the daemon becomes. Returns the command list as it was judged.
base::walked_path check_modes(config::settings const& settings, findings& found) {
    auto judged = persistence::judge_installation(settings, daemons_user(settings));
    for (auto const& one : judged.loose) {
        found.add(judged.may_run ? level::warning : level::error, one.path,
                  one.what + (judged.may_run ? ": commands run all the same (strict_modes = no)"
                                             : ": no command is run"),
                  one.advice());
    }
    if (!judged.may_run) {
        found.add(level::warning, settings.config_file,
                  "no command is run as long as others could change what runs",
                  persistence::other_remedy(judged, settings));
    } else if (!settings.strict_modes) {
        found.add(level::warning, settings.config_file,
                  "strict_modes = no: commands run whoever could change what runs",
                  judged.loose.empty() ? "Nobody else can change it now: take that out again."
                                       : "");
    }
    check_var_modes(settings, judged, found);
    for (auto const& one : persistence::find_readable_key(settings)) {
        found.add(level::warning, one.path, one.what, one.advice());
    }
    return std::move(judged.list);
}

bool speaks_tls(config::settings const& settings) {
    auto const is_https = [](std::string_view url) { return url.starts_with("https:"); };
    return settings.version == config::api_version::v1
               ? is_https(settings.url_get_config) || is_https(settings.url_output)
               : std::ranges::any_of(settings.api_url, is_https);
}

/// The certificates and addresses, as the daemon takes them at its start.
void check_connection(config::settings const& settings, findings& found) {
    boost::asio::io_context unused;
    base::log silent([](std::string_view) {}, base::severity::error, base::log::format::text);
    auto const time = base::make_system_clock();
    daemon::session trial(unused.get_executor(), settings, {}, *time, silent);
    if (auto const problem = trial.open(); !problem.empty()) {
        found.add(level::error, settings.config_file, problem, {});
    } else if (settings.ca_file.empty() && speaks_tls(settings) && net::http::trusts_nobody()) {
        found.add(level::warning, "this machine",
                  "no certificates of authorities were found, so that no API can be trusted",
                  "Install the package ca-certificates, or name the one for this API in ca_file.");
    }
}

/// What the kernel, or a filter of system calls, keeps from the agent here.
void check_kernel(findings& found) {
    for (auto const& weakness : daemon::weak_in_kernel()) {
        found.add(level::warning, "this machine", weakness, {});
    }
}

std::string describe_api(config::settings const& settings) {
    if (settings.version == config::api_version::v1) {
        // Without its query, which may hold a key.
        return "API v1 at " + settings.url_get_config.substr(0, settings.url_get_config.find('?'));
    }
    return "API v2 at " + settings.api_url.front() +
           (settings.api_url.size() > 1
                ? " and " + base::count_of(settings.api_url.size() - 1, "other")
                : "");
}

/// Where it comes from, when no file of the installation says so.
std::string describe_key(config::settings const& settings) {
    return settings.api_key_file_of_environment
               ? " with the key in " + settings.api_key_file.string()
               : "";
}

} // namespace

int check(std::filesystem::path const& config_file, std::vector<std::string> const& environment,
          base::console& to) {
    std::ostream& out = to.out;
    findings found(out);
    auto const loaded = config::load_settings(config_file, environment);
    to.hidden.add(loaded.secrets);
    found.add(loaded.diagnostics);
    if (!loaded.settings) {
        out << found.summary() << '\n';
        return 2;
    }
    auto const& settings = *loaded.settings;
    auto const list = check_modes(settings, found);
    auto const commands = check_commands(settings, list, found);
    check_var(settings, found);
    check_connection(settings, found);
    check_kernel(found);
    out << config_file.string() << ": server " << settings.who.server_id << ", "
        << describe_api(settings) << describe_key(settings) << ", "
        << base::count_of(commands, "command") << " to run at most, every "
        << base::in_seconds(settings.interval) << ": " << found.summary() << '\n';
    return found.any_error() ? 2 : 0;
}

} // namespace trafikito::agent::cli
