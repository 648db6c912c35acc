#include "agent/inspection/inspection.hpp"

#include "agent/cycle/identity_watch.hpp"
#include "agent/daemon/eyes.hpp"
#include "agent/daemon/kernel_support.hpp"
#include "agent/daemon/session.hpp"
#include "agent/inspection/access.hpp"
#include "agent/inspection/certificates.hpp"
#include "agent/inspection/commands.hpp"
#include "agent/inspection/files.hpp"
#include "agent/inspection/gained_rights.hpp"
#include "agent/inspection/order_of_findings.hpp"
#include "agent/inspection/running_agent.hpp"
#include "agent/inspection/script.hpp"
#include "agent/inspection/users.hpp"
#include "agent/persistence/machine.hpp"
#include "agent/persistence/state.hpp"
#include "agent/persistence/stop_file.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/shell_quoting.hpp"
#include "exec/daemon_scope.hpp"
#include "exec/user.hpp"
#include "net/http/client.hpp"

#include <boost/asio/io_context.hpp>

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace trafikito::agent::inspection {

using config::diagnostic;

namespace {

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
    auto const running = find_running_agent(settings);
    return running ? look_at(std::to_string(running->pid)) : std::nullopt;
}

bool speaks_tls(config::settings const& settings) {
    auto const is_https = [](std::string_view url) { return url.starts_with("https:"); };
    return settings.version == config::api_version::v1
               ? is_https(settings.url_get_config) || is_https(settings.url_output)
               : std::ranges::any_of(settings.api_url, is_https);
}

/// What is found, and what comes last of it, for whoever reads only the beginning.
struct both : inspection {
    std::vector<diagnostic> found_later;
};

class inspector {
public:
    inspector(config::loaded_settings const& loaded, std::vector<std::string> const& environment,
              std::string const& user)
        : settings_(*loaded.as_far), written_(settings_, environment),
          who_(find_onlooker(settings_)), complete_(loaded.settings.has_value()) {
        if (!who_) { // the rest is looked at as whoever asks
            unknown_user_ = std::exchange(settings_.run_as, {});
            who_ = find_onlooker(settings_);
        }
        result_.found = loaded.diagnostics;
        heed_running_agent(user);
    }

    both look() && {
        look_at_user();
        auto const list = look_at_modes();
        if (unknown_user_.empty()) {
            auto closed = find_closed_files(settings_, *who_, written_);
            add(std::move(closed.now));
            std::ranges::move(closed.later, std::back_inserter(result_.found_later));
        }
        look_at_commands(list);
        look_at_var();
        look_at_connection();
        for (auto const& weakness : daemon::weak_in_kernel()) {
            diagnostic one;
            one.level = level::warning;
            one.file = "this machine";
            one.what = weakness;
            result_.found_later.push_back(std::move(one));
        }
        return std::move(result_);
    }

private:
    void add(std::vector<diagnostic> found) {
        std::ranges::move(found, std::back_inserter(result_.found));
    }
    void add(level as, std::filesystem::path const& file, std::string what, std::string hint,
             std::size_t line = 0) {
        diagnostic one;
        one.level = as;
        one.file = file.string();
        one.line = line;
        one.what = std::move(what);
        one.hint = std::move(hint);
        result_.found.push_back(std::move(one));
    }
    void add(config::key_id key, level as, std::string what, std::string hint) {
        add(key, settings_.config_file, as, std::move(what), std::move(hint));
    }
    void add(config::key_id key, std::filesystem::path const& otherwise, level as, std::string what,
             std::string hint) {
        result_.found.push_back(written_.at(key, as, otherwise, std::move(what), std::move(hint)));
    }

    /// The agent that runs is who it is, whatever run_as says.
    void heed_running_agent(std::string const& user) {
        auto const running = find_running_agent(settings_);
        auto const known =
            exec::find_user(user.empty() && running ? std::to_string(running->user) : user);
        if (!known || known->uid == who_->uid) {
            return;
        }
        bool const differs = running && running->user == known->uid && !settings_.run_as.empty();
        if (differs) {
            add(config::key_id::run_as, level::warning,
                "the agent that runs is user " + known->name + ", not " + settings_.run_as,
                "Restart it to make it that one.");
        }
        if (user.empty() && differs && running->is_of_earlier) {
            return; // the next one is meant
        }
        settings_.run_as = known->name;
        who_ = find_onlooker(settings_);
    }

    /// The user that the daemon becomes.
    [[nodiscard]] uid_t uid() const { return who_->uid; }

    void look_at_user() {
        if (!unknown_user_.empty()) {
            add(config::key_id::run_as, level::error,
                "there is no user " + unknown_user_ + " on this machine: the agent cannot start",
                hint_for_user());
        } else if (::geteuid() != 0 && who_->uid != ::geteuid()) {
            add(config::key_id::run_as, level::warning,
                "only root sees with the eyes of " + who_->name +
                    ": whether it may read and write what it needs was not looked at",
                "Type: sudo trafikito-agent check --config " +
                    base::shell_quoted(settings_.config_file.string()));
        }
    }

    [[nodiscard]] std::string hint_for_user() const {
        auto const near = nearest_user(unknown_user_);
        return near ? "Did you mean " + *near +
                          "? Type: " + written_.changing_command(config::key_id::run_as, *near)
                    : "Type: " + making_of_user(unknown_user_);
    }

    // --- who could change what runs -------------------------------------------------------------

    /// Returns the command list as it was judged.
    base::walked_path look_at_modes() {
        auto judged = persistence::judge_installation(settings_, uid());
        for (auto const& one : judged.loose) {
            add(judged.may_run ? level::warning : level::error, one.path,
                one.what + (judged.may_run ? ": commands run all the same (strict_modes = no)"
                                           : ": no command is run"),
                one.advice());
        }
        if (!judged.may_run) {
            add(level::warning, settings_.config_file,
                "no command is run as long as others could change what runs",
                persistence::other_remedy(judged, settings_));
        } else if (!settings_.strict_modes) {
            add(config::key_id::strict_modes, level::warning,
                "strict_modes = no: commands run whoever could change what runs",
                judged.loose.empty() ? "Nobody else can change it now: take that out again." : "");
        }
        look_at_modes_of_var(judged);
        for (auto const& one : persistence::find_readable_key(settings_)) {
            add(level::warning, one.path, one.what, one.advice());
        }
        return std::move(judged.list);
    }

    void look_at_modes_of_var(persistence::verdict const& judged) {
        for (auto const& one : persistence::find_loose_var(settings_, uid())) {
            bool const said = std::ranges::any_of(
                judged.loose, [&](auto const& other) { return other.path == one.path; });
            if (!said) {
                add(level::warning, one.path,
                    one.what + ": they could stop the agent and forge what it keeps", one.advice());
            }
        }
    }

    // --- commands -------------------------------------------------------------------------------

    void look_at_commands(base::walked_path const& reached) {
        auto const loaded = config::load_command_list(settings_, reached);
        if (!loaded.list) {
            for (auto const& one : loaded.diagnostics) {
                add(config::key_id::available_commands, settings_.available_commands, one.level,
                    words_for_list(one.what), hint_for_list(one.hint));
            }
            return;
        }
        add(loaded.diagnostics);
        auto const& list = *loaded.list;
        add(list.diagnostics);
        result_.commands = list.commands.size();
        if (list.commands.empty() && list.refused.empty() && list.invalid_lines.empty()) {
            add(level::warning, settings_.available_commands,
                "there is no command in it: nothing can be reported but that the machine lives",
                "Add a line: trafikito_uptime=\"uptime\"");
        }
        add(inspect_commands(settings_, list, *who_));
        look_at_daemons(list);
        look_at_gained_rights(list);
    }

    [[nodiscard]] std::string words_for_list(std::string const& otherwise) const {
        auto const stopped = find_obstacle(settings_.available_commands, R_OK);
        bool const odd = stopped && stopped->kind(*who_, R_OK) != hindrance::missing;
        return odd ? stopped->in_words(*who_, R_OK) + ": no command can be run" : otherwise;
    }

    [[nodiscard]] std::string hint_for_list(std::string const& otherwise) const {
        auto const& list = settings_.available_commands;
        auto const stopped = find_obstacle(list, R_OK);
        if (!stopped) {
            return otherwise;
        }
        if (stopped->kind(*who_, R_OK) != hindrance::missing) {
            return mend_of(*stopped, *who_, R_OK, true);
        }
        auto const near = nearest_file(list);
        return near.empty() ? "Type: echo 'trafikito_uptime=\"uptime\"' >" +
                                  base::shell_quoted(list.string())
                            : "Did you mean " + near + "? Type: mv " + base::shell_quoted(near) +
                                  " " + base::shell_quoted(list.string());
    }

    /// `daemon=yes`: what it leaves running is meant to stay, longer than the agent.
    void look_at_daemons(config::command_list const& list) {
        auto const why = exec::why_daemons_end_with_agent(uid());
        for (auto const& one : list.commands) {
            if (one.options.daemon && !why.empty()) {
                add(level::warning, settings_.available_commands,
                    "what " + one.name +
                        " leaves running will not survive a restart of the agent, though it says "
                        "daemon=yes: " +
                        why,
                    "Start it by a unit of its own, and ask here only whether it runs.",
                    one.line_number);
            }
        }
    }

    /// What NoNewPrivileges= of the unit takes from a command.
    void look_at_gained_rights(config::command_list const& list) {
        auto const agent = find_bound_agent(settings_);
        if (!agent || agent->user == 0) {
            return;
        }
        for (auto const& one : list.commands) {
            auto const programs = programs_in(one.text);
            auto const needing = std::ranges::find_if(programs, [&](auto const& program) {
                return needs_to_gain_rights(program, agent->group);
            });
            if (needing != programs.end()) {
                add(level::warning, settings_.available_commands,
                    one.name + " runs " + *needing +
                        ", which needs rights that it gains by being run; the agent's service "
                        "forbids that (NoNewPrivileges), and it will fail",
                    "Allow it by the drop-in more-rights.conf of the unit (trafikito-agent(8), "
                    "UNDER SYSTEMD), or do without it.",
                    one.line_number);
            }
        }
    }

    // --- what it keeps, and whom it speaks to ---------------------------------------------------

    void look_at_var() {
        // By the state as it lies there: nothing of it is set aside or changed.
        auto const state = persistence::look_at_state(settings_.var_dir);
        auto const warning = state && complete_
                                 ? cycle::copy_warning(settings_, *state,
                                                       persistence::identity_fingerprint(settings_),
                                                       persistence::machine_fingerprint())
                                 : std::string();
        if (!warning.empty()) {
            add(level::warning, settings_.var_dir, warning, {});
        }
        if (auto const reason = persistence::stop_reason(settings_.var_dir)) {
            auto const file = persistence::stop_file_in(settings_.var_dir);
            add(level::warning, file,
                "stopped by the API: " + *reason + "; nothing runs as long as this file is there",
                "If the server is there again: rm " + base::shell_quoted(file.string()) +
                    "; else `trafikito-agent enroll --anew` makes another one.");
        }
    }

    /// The certificates and addresses, as the daemon takes them at its start.
    void look_at_connection() {
        bool const said = std::ranges::any_of(result_.found, [&](diagnostic const& one) {
            return one.what.find("the agent cannot start") != std::string::npos;
        });
        if (!complete_ || said || !unknown_user_.empty()) {
            return;
        }
        auto problem = try_connection();
        if (!problem.empty()) {
            constexpr std::string_view step = "handshake: "; // none was tried
            problem.erase(0, problem.starts_with(step) ? step.size() : 0);
            add(key_of_problem(problem), level::error, problem + "; the agent cannot start", {});
        } else if (settings_.ca_file.empty() && speaks_tls(settings_) &&
                   net::http::trusts_nobody()) {
            add(level::warning, "this machine",
                "no certificates of authorities were found, so that no API can be trusted",
                "Install the package ca-certificates, or name the one for this API in ca_file.");
        } else if (speaks_tls(settings_)) {
            daemon::eyes_of const open(settings_.run_as);
            add(inspect_certificates(settings_, written_, base::wall_now()));
        }
    }

    [[nodiscard]] std::string try_connection() const {
        daemon::eyes_of const open(settings_.run_as);
        boost::asio::io_context unused;
        base::log silent([](std::string_view) {}, base::severity::error, base::log::format::text);
        auto const time = base::make_system_clock();
        daemon::session trial(unused.get_executor(), settings_, {}, *time, silent);
        return trial.open();
    }

    /// Its words begin with the key that they are about.
    static config::key_id key_of_problem(std::string_view problem) {
        auto first = std::string_view::npos;
        auto key = config::key_id::api_url;
        for (auto const id :
             {config::key_id::client_cert, config::key_id::client_key, config::key_id::ca_file,
              config::key_id::proxy, config::key_id::pin}) {
            auto const at = problem.find(config::describe(id).name);
            if (at < first) {
                first = at;
                key = id;
            }
        }
        return key;
    }

    config::settings settings_;
    places written_;
    std::optional<onlooker> who_;
    std::string unknown_user_; ///< whom run_as names
    bool complete_;            ///< the configuration could be read without an error
    both result_;
};

} // namespace

std::size_t inspection::count(level of) const {
    return static_cast<std::size_t>(std::ranges::count(found, of, &diagnostic::level));
}

inspection inspect(config::loaded_settings const& loaded,
                   std::vector<std::string> const& environment, std::string const& user) {
    both result;
    if (loaded.as_far) {
        result = inspector(loaded, environment, user).look();
    } else {
        result.found = loaded.diagnostics;
    }
    std::vector<std::string> first;
    if (loaded.as_far) {
        first = {loaded.as_far->config_file.string(), loaded.as_far->dynamic_file.string()};
    }
    add_mends_of_names(result.found);
    explain_missing_keys(result.found);
    put_in_order(result.found, first);
    put_in_order(result.found_later, first);
    std::ranges::move(result.found_later, std::back_inserter(result.found));
    return result;
}

} // namespace trafikito::agent::inspection
