#include "agent/cli/test.hpp"

#include "agent/cli/daemons_rights.hpp"
#include "agent/cli/exit_code.hpp"
#include "agent/cli/in_service.hpp"
#include "agent/cli/tested.hpp"
#include "agent/daemon/kernel_support.hpp"
#include "agent/daemon/privileges.hpp"
#include "agent/daemon/session.hpp"
#include "agent/persistence/living_agent.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/log_output.hpp"
#include "base/printable.hpp"
#include "config/load.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>

namespace trafikito::agent::cli {

namespace {

constexpr std::string_view program = "trafikito-agent";

void say(base::console& to, std::string const& text) {
    to.err << program << ": " << base::one_line(text) << '\n';
}

/// Who has called: before this process becomes somebody else.
caller look_at_caller_of(std::optional<config::settings> const& settings,
                         std::vector<std::string> const& environment) {
    if (!settings) {
        return {};
    }
    base::path_walk walk;
    auto const loaded =
        config::load_command_list(*settings, walk.open(settings->available_commands));
    std::vector<std::string> texts;
    if (loaded.list) {
        for (auto const& one : loaded.list->commands) {
            texts.push_back(one.text);
        }
    }
    return look_at_caller(environment, texts);
}

/// What stands in the environment where this program runs in the place of a unit's agent.
std::optional<std::string> callers_text(std::vector<std::string> const& environment) {
    auto const begin = std::string(caller_variable) + "=";
    for (auto const& one : environment) {
        if (one.starts_with(begin)) {
            return one.substr(begin.size());
        }
    }
    return std::nullopt;
}

std::vector<std::string> arguments_for(test_request const& what,
                                       std::filesystem::path const& config) {
    std::vector<std::string> words{"test", "--config", config.string()};
    if (what.as_sent) {
        words.emplace_back("--as-sent");
    }
    if (what.repeat != 1) {
        words.push_back("--repeat=" + std::to_string(what.repeat));
    }
    words.emplace_back("--");
    words.insert(words.end(), what.names.begin(), what.names.end());
    return words;
}

/// The exit code, where systemd has done it; else says what is not as in service.
std::optional<int> test_as_unit(test_request const& what, std::filesystem::path const& config,
                                caller const& who, base::console& to) {
    auto const unit = find_agents_unit(config);
    if (!unit) {
        return std::nullopt;
    }
    if (what.here) {
        say(to, "not as " + unit->name + " does: what it restricts is not applied here (--here)");
        return std::nullopt;
    }
    if (::geteuid() != 0) {
        say(to, "not as " + unit->name +
                    " does: what it restricts is not applied here; run this as root for that");
        return std::nullopt;
    }
    say(to, "as " + unit->name + " does: with its user, rights, limits and view of the machine");
    auto const code = run_as_unit(*unit, arguments_for(what, config), who);
    if (!code) {
        say(to, "systemd starts no service like " + unit->name +
                    ", so what it restricts is not applied here; the reason stands in: journalctl "
                    "-u " +
                    trial_service());
    }
    return code;
}

/// Says what the daemon that runs may or may not do, unlike this process.
void compare_with_daemon(config::settings const& settings, base::console& to) {
    auto const daemon = persistence::look_at_status(settings.var_dir);
    auto const living = daemon ? persistence::find_living(*daemon, settings.var_dir) : std::nullopt;
    if (!living || living->pid == 0) {
        return;
    }
    auto const found = differences(texts_of(living->pid), texts_of(::getpid()));
    std::string text;
    for (auto const& one : found) {
        text += (text.empty() ? "" : "; ") + one;
    }
    if (!text.empty()) {
        say(to, "not quite as the agent that runs (process " + std::to_string(living->pid) +
                    "), which has: " + text);
    }
}

int run_here(test_request const& what, config::loaded_settings const& loaded, caller who,
             base::console& to) {
    auto const& settings = *loaded.settings;
    base::log log(base::open_log({}, std::string(program)), base::severity::warning,
                  base::log::format::text);
    log.hide(loaded.secrets);
    daemon::log_all(loaded.diagnostics, log);
    for (auto const& weakness : daemon::weak_in_kernel()) {
        log.warning(weakness);
    }
    compare_with_daemon(settings, to);
    auto const judged = persistence::judge_installation(settings, ::geteuid());
    persistence::log_verdict(log, judged, settings);
    auto commands = persistence::read_command_list(judged, settings);
    daemon::log_all(commands.diagnostics, log);
    if (!commands.list) {
        return judged.list_may_be_read ? wrong : failed;
    }
    auto const unknown = unknown_names(what.names, *commands.list, settings);
    for (auto const& line : unknown) {
        say(to, "error: " + line);
    }
    if (!unknown.empty()) {
        return wrong;
    }
    cycle::local_list list{.commands =
                               std::make_shared<config::command_list>(std::move(*commands.list)),
                           .unread = {},
                           .forbidden = judged.why_not()};
    if (list.commands->commands.empty() && list.commands->refused.empty()) {
        say(to, "error: " + settings.available_commands.string() +
                    " holds no command: write a line like trafikito_uptime=\"uptime\" into it");
        return failed;
    }
    tested all(settings, what, std::move(list), std::move(who), log);
    all.run();
    if (what.as_sent) {
        all.print_as_sent(to);
    } else {
        all.print(to);
    }
    return all.well() ? ok : failed;
}

int become_and_run(test_request const& what, config::loaded_settings const& loaded, caller who,
                   base::console& to) {
    if (!loaded.settings) {
        for (auto const& one : loaded.diagnostics) {
            to.err << one.format() << '\n';
        }
        return wrong;
    }
    if (auto const& user = loaded.settings->run_as; !user.empty()) {
        if (auto const problem = daemon::become(user); !problem.empty()) {
            say(to, "error: " + problem);
            return wrong;
        }
    }
    return run_here(what, loaded, std::move(who), to);
}

} // namespace

int test(test_request const& what, std::vector<std::string> const& environment, base::console& to) {
    auto const& config = what.config.file;
    auto const loaded =
        config::load_settings(config, environment, config::key_reading::if_readable);
    to.hidden.add(loaded.secrets);
    if (auto const told = callers_text(environment)) {
        int const code = become_and_run(what, loaded, caller_from(*told), to);
        return code == ok ? code : ran_as_unit + code;
    }
    if (!what.config.found_by.empty()) {
        say(to, "configuration: " + config.string() + " (" + what.config.found_by + ")");
    }
    auto who = look_at_caller_of(loaded.as_far, environment);
    // Also where something is wrong: in its unit the agent may have what is missing.
    auto const file = std::filesystem::absolute(config).lexically_normal();
    auto const code = test_as_unit(what, file, who, to);
    return code ? *code : become_and_run(what, loaded, std::move(who), to);
}

} // namespace trafikito::agent::cli
