#include "agent/cli/check.hpp"
#include "agent/cli/command_line.hpp"
#include "agent/cli/enroll.hpp"
#include "agent/cli/status.hpp"
#include "agent/cli/test.hpp"
#include "agent/daemon/daemon.hpp"
#include "agent/daemon/kernel_support.hpp"
#include "agent/daemon/privileges.hpp"
#include "agent/daemon/process_defaults.hpp"
#include "agent/daemon/random_source.hpp"
#include "agent/daemon/session.hpp"
#include "base/log_output.hpp"
#include "config/load.hpp"

#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>

namespace trafikito::agent {

namespace {

/// The environment that configures us must not be seen in /proc/PID/environ's copy of a child, nor
/// found by a library: what is needed was read.
void forget_environment(std::vector<std::string> const& environment) {
    for (auto const& variable : environment) {
        if (variable.starts_with("TRAFIKITO_")) {
            ::unsetenv(variable.substr(0, variable.find('=')).c_str());
        }
    }
}

/// The settings, with this process turned into the user that they name; or what is wrong, printed.
std::optional<config::loaded_settings> prepare(std::filesystem::path const& file,
                                               std::vector<std::string> const& environment) {
    auto loaded = config::load_settings(file, environment);
    if (!loaded.settings) {
        for (auto const& one : loaded.diagnostics) {
            std::cerr << one.format() << '\n';
        }
        return std::nullopt;
    }
    if (auto const& user = loaded.settings->run_as; !user.empty()) {
        if (auto const problem = daemon::become(user); !problem.empty()) {
            std::cerr << "trafikito-agent: error: " << problem << '\n';
            return std::nullopt;
        }
    }
    return loaded;
}

int run(cli::run_request const& what, std::vector<std::string> environment) {
    auto loaded = prepare(what.config, environment);
    if (!loaded) {
        return 2;
    }
    base::log log(base::open_log(loaded->settings->log_file), base::severity::info,
                  base::log::format::text);
    log.set_journal(base::log_to_journal());
    daemon::apply_log_settings(*loaded->settings, log);
    daemon::log_all(loaded->diagnostics, log);
    auto const start = what.once ? daemon::run_once : daemon::run_daemon;
    return start(std::move(*loaded->settings), std::move(environment), log);
}

int test(cli::test_request const& what, std::vector<std::string> const& environment) {
    auto const loaded = prepare(what.config, environment);
    if (!loaded) {
        return 2;
    }
    base::log log(base::open_log({}), base::severity::warning, base::log::format::text);
    daemon::log_all(loaded->diagnostics, log);
    for (auto const& weakness : daemon::weak_in_kernel()) {
        log.warning(weakness);
    }
    return cli::test_commands(*loaded->settings, what.names, log, std::cout);
}

/// For the subcommands that look from outside: they become nobody and log nothing.
std::optional<std::filesystem::path> var_dir_of(std::filesystem::path const& config,
                                                std::vector<std::string> const& environment) {
    auto const loaded = config::load_settings(config, environment);
    if (loaded.settings) {
        return loaded.settings->var_dir;
    }
    for (auto const& one : loaded.diagnostics) {
        std::cerr << one.format() << '\n';
    }
    return std::nullopt;
}

/// False, and said why, where the kernel lets nothing of ours run.
bool can_run() {
    for (auto const& problem : {daemon::missing_in_kernel(), daemon::ensure_random_numbers()}) {
        if (!problem.empty()) {
            std::cerr << "trafikito-agent: error: " << problem << '\n';
            return false;
        }
    }
    return true;
}

int dispatch(int argc, char const* const* argv) {
    auto const environment = config::process_environment();
    forget_environment(environment);
    auto const asked = cli::parse_command_line(argc, argv);
    if (auto const* print = std::get_if<cli::print_and_exit>(&asked)) {
        (print->code == 0 ? std::cout : std::cerr) << print->text;
        return print->code;
    }
    if (auto const* look = std::get_if<cli::status_request>(&asked)) {
        auto const var_dir = var_dir_of(look->config, environment);
        return var_dir ? cli::print_status(*var_dir, look->as_json, std::cout) : 2;
    }
    if (auto const* healthcheck = std::get_if<cli::healthcheck_request>(&asked)) {
        auto const var_dir = var_dir_of(healthcheck->config, environment);
        return var_dir ? cli::print_health(*var_dir, std::cout) : 1;
    }
    if (!can_run()) {
        return 1;
    }
    if (auto const* check_it = std::get_if<cli::check_request>(&asked)) {
        return cli::check(check_it->config, environment, std::cout);
    }
    if (auto const* test_some = std::get_if<cli::test_request>(&asked)) {
        return test(*test_some, environment);
    }
    if (auto const* enrolment = std::get_if<cli::enroll_request>(&asked)) {
        return cli::enroll(*enrolment, std::cout, std::cerr);
    }
    return run(std::get<cli::run_request>(asked), environment);
}

/// For what nothing else has caught: a limit of this machine is no bug of ours.
void print_last_words(std::exception const& error) {
    auto const* const failed = dynamic_cast<boost::system::system_error const*>(&error);
    std::cerr << "trafikito-agent: ";
    if (failed != nullptr &&
        (failed->code() == boost::system::errc::too_many_files_open ||
         failed->code() == boost::system::errc::too_many_files_open_in_system)) {
        std::cerr << "error: it may not open as many files as it needs (" << error.what()
                  << "); raise the limit: ulimit -n, or LimitNOFILE= of the unit\n";
    } else {
        std::cerr << "internal error: " << error.what()
                  << "; please report it with what led to it\n";
    }
}

} // namespace

} // namespace trafikito::agent

int main(int argc, char** argv) {
    trafikito::agent::daemon::set_process_defaults();
    try {
        return trafikito::agent::dispatch(argc, argv);
    } catch (std::exception const& error) {
        trafikito::agent::print_last_words(error);
        return 1;
    }
}
