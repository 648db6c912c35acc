#include "agent/cli/check.hpp"
#include "agent/cli/command_line.hpp"
#include "agent/cli/complete.hpp"
#include "agent/cli/enroll.hpp"
#include "agent/cli/exit_code.hpp"
#include "agent/cli/first_start.hpp"
#include "agent/cli/status.hpp"
#include "agent/cli/test.hpp"
#include "agent/cli/watch_status.hpp"
#include "agent/cli/why.hpp"
#include "agent/daemon/daemon.hpp"
#include "agent/daemon/kernel_support.hpp"
#include "agent/daemon/privileges.hpp"
#include "agent/daemon/process_defaults.hpp"
#include "agent/daemon/random_source.hpp"
#include "agent/daemon/session.hpp"
#include "base/log_output.hpp"
#include "base/output.hpp"
#include "base/printable.hpp"
#include "config/load.hpp"

#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <cstdlib>
#include <exception>
#include <optional>
#include <string_view>

namespace trafikito::agent {

namespace {

constexpr std::string_view program = "trafikito-agent"; ///< in its log

/// The environment that configures us must not be seen in /proc/PID/environ's copy of a child, nor
/// found by a library: what is needed was read.
void forget_environment(std::vector<std::string> const& environment) {
    for (auto const& variable : environment) {
        if (variable.starts_with("TRAFIKITO_") ||
            variable.starts_with(config::credentials_variable)) {
            ::unsetenv(variable.substr(0, variable.find('=')).c_str());
        }
    }
}

void print(std::vector<config::diagnostic> const& diagnostics, base::console& to) {
    for (auto const& one : diagnostics) {
        to.err << one.format() << '\n';
    }
}

/// The settings, with this process turned into the user that they name; or what is wrong, printed.
std::optional<config::loaded_settings> prepare(std::filesystem::path const& file,
                                               std::vector<std::string> const& environment,
                                               config::key_reading key, base::console& to) {
    auto loaded = config::load_settings(file, environment, key);
    to.hidden.add(loaded.secrets);
    if (!loaded.settings) {
        print(loaded.diagnostics, to);
        return std::nullopt;
    }
    if (auto const& user = loaded.settings->run_as; !user.empty()) {
        if (auto const problem = daemon::become(user); !problem.empty()) {
            to.err << "trafikito-agent: error: " << base::one_line(problem) << '\n';
            return std::nullopt;
        }
    }
    return loaded;
}

int run(cli::run_request const& what, std::vector<std::string> environment, base::console& to) {
    auto const& file = what.config.file;
    if (cli::is_to_be_enrolled(file, environment)) {
        if (auto const ended = cli::enrol_first(file, environment, to)) {
            return *ended;
        }
    }
    auto loaded = prepare(file, environment, config::key_reading::needed, to);
    if (!loaded) {
        return 2;
    }
    bool const taken_back = daemon::take_back_files(*loaded->settings);
    base::log log(base::open_log(loaded->settings->log_file, program), base::severity::info,
                  base::log::format::text);
    log.hide(loaded->secrets);
    log.set_journal(base::log_to_journal(), program);
    daemon::apply_log_settings(*loaded->settings, log);
    if (!what.config.found_by.empty()) {
        log.info("configuration: " + file.string() + " (" + what.config.found_by + ")");
    }
    daemon::log_all(loaded->diagnostics, log);
    if (taken_back) {
        log.warning("log_file, metrics_file, tmp_file and api_key_file do not count, since others "
                    "could have "
                    "written the configuration that names them");
    }
    auto const start = what.once ? daemon::run_once : daemon::run_daemon;
    return start(std::move(*loaded->settings), std::move(environment), log);
}

/// Where the daemon keeps what it says of itself, for whoever looks from outside.
struct seen_from_outside {
    std::optional<std::filesystem::path> var_dir; ///< nothing where the file cannot be read
    bool would_start = false;                     ///< an agent would, with that configuration
};

/// For the subcommands that look from outside: they become nobody, need no key, and log nothing.
/// What is wrong with the configuration is said, and the running daemon, which has another one in
/// force, is looked at all the same.
seen_from_outside look_from_outside(std::filesystem::path const& config,
                                    std::vector<std::string> const& environment,
                                    base::console& to) {
    auto const loaded =
        config::load_settings(config, environment, config::key_reading::if_readable);
    to.hidden.add(loaded.secrets);
    if (loaded.settings) {
        return {loaded.settings->var_dir, true};
    }
    print(loaded.diagnostics, to);
    return {loaded.as_far ? std::optional(loaded.as_far->var_dir) : std::nullopt, false};
}

int status(cli::status_request const& what, std::vector<std::string> const& environment,
           base::console& to) {
    if (cli::is_to_be_enrolled(what.config.file, environment)) {
        return cli::print_status_without(cli::why_not_enrolled(what.config.file, environment),
                                         what.as_json, to.out);
    }
    auto const seen = look_from_outside(what.config.file, environment, to);
    if (!seen.var_dir) {
        return cli::wrong;
    }
    auto const code = what.watch ? cli::watch_status(*seen.var_dir, to)
                                 : cli::print_status(*seen.var_dir, what.as_json, to.out);
    return code == cli::not_running && !seen.would_start ? cli::wrong : code;
}

int healthcheck(cli::healthcheck_request const& what, std::vector<std::string> const& environment,
                base::console& to) {
    if (cli::is_to_be_enrolled(what.config.file, environment)) {
        return cli::print_health_without(cli::why_not_enrolled(what.config.file, environment),
                                         to.out);
    }
    auto const seen = look_from_outside(what.config.file, environment, to);
    return seen.var_dir ? cli::print_health(*seen.var_dir, to.out) : 1;
}

int why(cli::why_request const& what, std::vector<std::string> const& environment,
        base::console& to) {
    auto const& file = what.config.file;
    auto const not_enrolled = cli::is_to_be_enrolled(file, environment)
                                  ? cli::why_not_enrolled(file, environment)
                                  : std::string();
    return cli::print_why(what, environment, not_enrolled, to);
}

/// False, and said why, where the kernel lets nothing of ours run.
bool can_run(base::console& to) {
    for (auto const& problem : {daemon::missing_in_kernel(), daemon::ensure_random_numbers()}) {
        if (!problem.empty()) {
            to.err << "trafikito-agent: error: " << problem << '\n';
            return false;
        }
    }
    return true;
}

int dispatch(int argc, char const* const* argv, base::console& to) {
    auto const environment = config::process_environment();
    forget_environment(environment);
    auto const asked = cli::parse_command_line(argc, argv, environment);
    if (auto const* ended = std::get_if<cli::print_and_exit>(&asked)) {
        (ended->code == 0 ? to.out : to.err) << ended->text;
        return ended->code;
    }
    if (auto const* to_complete = std::get_if<cli::complete_request>(&asked)) {
        return cli::print_completion(*to_complete, environment, to);
    }
    if (auto const* look = std::get_if<cli::status_request>(&asked)) {
        return status(*look, environment, to);
    }
    if (auto const* look_at_health = std::get_if<cli::healthcheck_request>(&asked)) {
        return healthcheck(*look_at_health, environment, to);
    }
    if (!can_run(to)) {
        return 1;
    }
    if (auto const* check_it = std::get_if<cli::check_request>(&asked)) {
        return cli::check(*check_it, environment, to);
    }
    if (auto const* ask_why = std::get_if<cli::why_request>(&asked)) {
        return why(*ask_why, environment, to);
    }
    if (auto const* test_some = std::get_if<cli::test_request>(&asked)) {
        return cli::test(*test_some, environment, to);
    }
    if (auto const* enrolment = std::get_if<cli::enroll_request>(&asked)) {
        return cli::enroll(*enrolment, environment, to);
    }
    return run(std::get<cli::run_request>(asked), environment, to);
}

/// For what nothing else has caught: a limit of this machine is no bug of ours.
void print_last_words(std::exception const& error, base::console& to) {
    auto const* const failed = dynamic_cast<boost::system::system_error const*>(&error);
    to.err << "trafikito-agent: ";
    if (failed != nullptr &&
        (failed->code() == boost::system::errc::too_many_files_open ||
         failed->code() == boost::system::errc::too_many_files_open_in_system)) {
        to.err << "error: it may not open as many files as it needs ("
               << base::one_line(error.what())
               << "); raise the limit: ulimit -n, or LimitNOFILE= of the unit\n";
    } else {
        to.err << "internal error: " << base::one_line(error.what())
               << "; please report it with what led to it\n";
    }
}

int run_and_report(int argc, char const* const* argv, base::console& to) {
    try {
        return dispatch(argc, argv, to);
    } catch (std::exception const& error) {
        print_last_words(error, to);
        return 1;
    }
}

} // namespace

} // namespace trafikito::agent

int main(int argc, char** argv) {
    trafikito::agent::daemon::set_process_defaults();
    trafikito::base::console to;
    return to.end("trafikito-agent", trafikito::agent::run_and_report(argc, argv, to));
}
