#include "agent/cli/command_line.hpp"

#include "base/printable.hpp"
#include "base/version.hpp"
#include "config/key.hpp"
#include "config/load.hpp"

#include <CLI/CLI.hpp>

namespace trafikito::agent::cli {

namespace {

constexpr char const* description = "Runs the commands that the Trafikito API names, as they stand "
                                    "in available_commands.sh on this\n"
                                    "machine, and sends back what they print. Without a subcommand "
                                    "it stays in the foreground and does\n"
                                    "so once per interval.";

void describe_enroll(CLI::App& enroll, enroll_request& into) {
    enroll.add_option("--api-url", into.api_url, "Base address of the API")
        ->required()
        ->type_name("URL");
    enroll
        .add_option("--user-api-key-file", into.user_api_key_file,
                    "File with an enrolment token or your key for the API; - reads it from "
                    "standard input")
        ->required()
        ->type_name("FILE");
    enroll
        .add_option("--workspace-id", into.workspace_id, "Workspace that the server will belong to")
        ->required()
        ->type_name("ID");
    enroll
        .add_option("--server-name", into.server_name,
                    "Name for this machine (default: its host name)")
        ->type_name("NAME");
    auto* const base_dir = enroll
                               .add_option("--base-dir", into.base_dir,
                                           "Where the installation's files are written (default: "
                                           "/opt/trafikito; where a package made /etc/trafikito, "
                                           "there)")
                               ->type_name("DIR");
    enroll
        .add_option("-c,--config", into.config,
                    "In place of --base-dir: the trafikito.cfg to write, which says where the "
                    "other files are")
        ->excludes(base_dir)
        ->type_name("FILE");
    enroll
        .add_option("--ca-file", into.ca_file,
                    "Certificates to trust in place of the system's (PEM)")
        ->type_name("FILE");
    enroll
        .add_option("--pin", into.pin,
                    "Public key that the API must have besides: sha256/BASE64; kept in the "
                    "configuration")
        ->type_name("PIN");
    enroll.add_flag("--api-key-apart", into.api_key_apart,
                    "Write the API key into a file of its own, api_key beside the configuration "
                    "(always so below /etc/trafikito)");
    enroll
        .add_option("--run-as", into.run_as,
                    "User to run the commands as, now and later; only root can")
        ->type_name("USER");
}

void describe_test(CLI::App& test, test_request& into) {
    constexpr unsigned most_runs = 1000;
    test.add_option("names", into.names, "Which ones (default: all of the list)")
        ->type_name("NAME");
    auto* const as_sent =
        test.add_flag("--as-sent", into.as_sent,
                      "Print the report as it would be sent, byte for byte, and nothing else");
    test.add_flag("--raw", into.as_sent, "The same")->group(""); // its name until 0.1
    test.add_option("--repeat", into.repeat, "Run each so often and show how that spreads (1-1000)")
        ->type_name("N")
        ->check(CLI::Range(1U, most_runs))
        ->excludes(as_sent);
    test.add_flag("--here", into.here,
                  "Not as the agent's unit does, where systemd has one: without what it restricts");
}

print_and_exit wrong(std::string const& what) {
    return {"trafikito-agent: error: " + base::one_line(what) +
                "\nRun `trafikito-agent --help` for how to call it.\n",
            2};
}

std::string help(CLI::App const& app) {
    return app.help("", CLI::AppFormatMode::All) +
           "\nConfiguration keys, in trafikito.cfg and (from interval on) in trafikito.app beside "
           "it, or as\n"
           "environment variables TRAFIKITO_<KEY>:\n\n" +
           config::describe_keys_text() +
           "\nExit status: 0 all went well; 1 it did not; 2 the command line or the configuration "
           "is wrong;\n3 (status) the daemon does not run. What cannot be printed (a full disk, a "
           "closed "
           "stdout) is 1, whatever\nthe rest came to.\n";
}

/// What a service manager starts: `--config FILE` and nothing else. Not worth a parser, whose code
/// would stay in the daemon's memory for ever.
bool is_plain_start(int argc, char const* const* argv) {
    return argc == 3 && std::string_view(argv[1]) == "--config" && argv[2][0] != '\0' &&
           argv[2][0] != '-';
}

} // namespace

request parse_command_line(int argc, char const* const* argv) {
    if (is_plain_start(argc, argv)) {
        return run_request{argv[2], false};
    }
    CLI::App app(description, "trafikito-agent");
    app.set_help_flag("-h,--help", "Print this and exit");
    app.set_version_flag("-V,--version", base::version_text("trafikito-agent"),
                         "Print the version and exit");
    app.get_formatter()->column_width(36);
    app.require_subcommand(0, 1); // a command of the list may have the name of another one

    run_request run;
    enroll_request enrolment;
    app.add_option(
           "-c,--config", run.config,
           "The installation's trafikito.cfg (default: /opt/trafikito/etc/trafikito.cfg, else "
           "/etc/trafikito/trafikito.cfg)")
        ->type_name("FILE");
    app.add_flag("--once", run.once,
                 "Do one cycle and exit: 0 when the report was accepted and commands ran, else 1");
    auto* const check = app.add_subcommand(
        "check", "Read every file, say everything that is wrong, change nothing");
    auto* const enroll =
        app.add_subcommand("enroll", "Make this machine known to an API and write its files");
    test_request test;
    auto* const run_some = app.add_subcommand(
        "test", "Run commands as the daemon would and show each result; send nothing");
    describe_test(*run_some, test);
    status_request status;
    auto* const look = app.add_subcommand("status", "Say what the running daemon is doing");
    look->add_flag("--json", status.as_json, "As one line of JSON");
    auto* const healthcheck = app.add_subcommand(
        "healthcheck", "Exit 0 when a cycle ended well within 3 intervals, else say why not");
    check->fallthrough();
    look->fallthrough();
    healthcheck->fallthrough();
    run_some->fallthrough();
    describe_enroll(*enroll, enrolment);

    try {
        app.parse(argc, argv);
    } catch (CLI::CallForHelp const&) {
        return print_and_exit{help(app), 0};
    } catch (CLI::CallForVersion const& asked) {
        return print_and_exit{std::string(asked.what()) + "\n", 0};
    } catch (CLI::ParseError const& error) {
        return wrong(error.what());
    }
    if (enroll->parsed()) {
        if (enrolment.config.empty() && enrolment.base_dir.empty()) {
            enrolment.config = run.config;
        }
        return enrolment;
    }
    if (run.config.empty()) {
        run.config = config::default_config_file();
    }
    if (check->parsed()) {
        return check_request{run.config};
    }
    if (run_some->parsed()) {
        test.config = run.config;
        return test;
    }
    if (look->parsed()) {
        status.config = run.config;
        return status;
    }
    if (healthcheck->parsed()) {
        return healthcheck_request{run.config};
    }
    return run;
}

} // namespace trafikito::agent::cli
