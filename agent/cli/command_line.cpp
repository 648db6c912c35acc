#include "agent/cli/command_line.hpp"

#include "agent/cli/exit_code.hpp"
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

print_and_exit wrong_call(std::string const& what) {
    return {"trafikito-agent: error: " + base::one_line(what) +
                "\nRun `trafikito-agent --help` for how to call it.\n",
            wrong};
}

std::string help(CLI::App const& app) {
    return app.help() + '\n' + std::string(exit_codes_text) +
           "\nThe keys of the configuration have a page of their own: --help-keys.\n";
}

/// The options of all subcommands, as CLI11 fills them in.
class reader {
public:
    reader();

    request read(int argc, char const* const* argv, std::vector<std::string> const& environment);

private:
    CLI::App* add(char const* name, char const* what);
    request chosen(std::vector<std::string> const& environment);

    CLI::App app_{description, "trafikito-agent"};
    std::filesystem::path config_;
    run_request run_;
    why_request why_;
    check_request check_;
    test_request test_;
    status_request status_;
    enroll_request enrolment_;
    CLI::App* run_command_ = nullptr;
    CLI::App* why_command_ = nullptr;
    CLI::App* check_command_ = nullptr;
    CLI::App* test_command_ = nullptr;
    CLI::App* status_command_ = nullptr;
    CLI::App* healthcheck_command_ = nullptr;
    CLI::App* enroll_command_ = nullptr;
    bool help_keys_ = false;
};

/// One that takes --config as the program itself does, in front of it or behind.
CLI::App* reader::add(char const* name, char const* what) {
    auto* const command = app_.add_subcommand(name, what);
    command->add_option("-c,--config", config_, "The installation's trafikito.cfg")
        ->type_name("FILE");
    return command;
}

reader::reader() {
    constexpr unsigned most_repeats = 1000;
    app_.set_help_flag("-h,--help", "Print this and exit");
    app_.set_version_flag("-V,--version", base::version_text("trafikito-agent"),
                          "Print the version and exit");
    app_.add_flag("--help-keys", help_keys_, "Print the keys of the configuration and exit");
    app_.get_formatter()->column_width(30);
    app_.add_option("-c,--config", config_,
                    "The installation's trafikito.cfg (default: $TRAFIKITO_CONFIG, else "
                    "/opt/trafikito/etc/trafikito.cfg, else /etc/trafikito/trafikito.cfg, else "
                    "the environment alone)")
        ->type_name("FILE");
    constexpr auto const* once =
        "Do one cycle and exit: 0 when the report was accepted and commands ran, else 1";
    app_.add_flag("--once", run_.once, once);

    run_command_ = add("run", "Run as the daemon, as without a subcommand");
    run_command_->add_flag("--once", run_.once, once);
    why_command_ = add("why", "Say why there is no data: go the whole way of a report, send none");
    why_command_->add_flag("--json", why_.as_json, "As JSON");
    check_command_ = add("check", "Read every file, say everything that is wrong, change nothing");
    check_command_->add_flag("--json", check_.as_json, "As JSON");
    check_command_->add_flag("--strict", check_.strict, "Warnings are errors");
    test_command_ =
        add("test", "Run commands as the daemon would and show each result; send nothing");
    test_command_->add_option("names", test_.names, "Which ones (default: all of the list)")
        ->type_name("NAME");
    test_command_->add_flag("--as-sent", test_.as_sent,
                            "Print the bytes of the report, and nothing else");
    test_command_->add_option("--repeat", test_.repeat, "Run each N times and show the spread")
        ->check(CLI::Range(1U, most_repeats))
        ->type_name("N");
    test_command_->add_flag("--raw", test_.raw,
                            "Print byte for byte what they print, also what a terminal would obey");
    status_command_ = add("status", "Say what the running daemon is doing");
    status_command_->add_flag("--json", status_.as_json, "As one line of JSON");
    status_command_->add_flag("--watch", status_.watch, "Again and again, in place")
        ->excludes("--json");
    healthcheck_command_ =
        add("healthcheck", "Exit 0 when a cycle ended well within 3 intervals, else say why not");
    enroll_command_ =
        app_.add_subcommand("enroll", "Make this machine known to an API and write its files");
    describe_enroll(*enroll_command_, enrolment_);
}

request reader::read(int argc, char const* const* argv,
                     std::vector<std::string> const& environment) {
    try {
        app_.parse(argc, argv);
    } catch (CLI::CallForHelp const&) {
        return print_and_exit{help(app_), ok};
    } catch (CLI::CallForVersion const& asked) {
        return print_and_exit{std::string(asked.what()) + "\n", ok};
    } catch (CLI::ParseError const& error) {
        return wrong_call(error.what());
    }
    if (help_keys_) {
        return print_and_exit{config::describe_keys_text(), ok};
    }
    return chosen(environment);
}

request reader::chosen(std::vector<std::string> const& environment) {
    if (enroll_command_->parsed()) {
        if (enrolment_.config.empty() && enrolment_.base_dir.empty()) {
            enrolment_.config = config_;
        }
        return enrolment_;
    }
    auto const config = config_.empty() ? config::choose_config_file(environment)
                                        : config::config_choice{config_, {}};
    auto const with_config = [&](auto request) {
        request.config = config;
        return request;
    };
    if (why_command_->parsed()) {
        return with_config(why_);
    }
    if (check_command_->parsed()) {
        return with_config(check_);
    }
    if (test_command_->parsed()) {
        return with_config(test_);
    }
    if (status_command_->parsed()) {
        return with_config(status_);
    }
    if (healthcheck_command_->parsed()) {
        return with_config(healthcheck_request{});
    }
    return with_config(run_);
}

/// What a service manager starts: `--config FILE` and nothing else. Not worth a parser, whose code
/// would stay in the daemon's memory for ever.
bool is_plain_start(int argc, char const* const* argv) {
    return argc == 3 && std::string_view(argv[1]) == "--config" && argv[2][0] != '\0' &&
           argv[2][0] != '-';
}

} // namespace

request parse_command_line(int argc, char const* const* argv,
                           std::vector<std::string> const& environment) {
    if (is_plain_start(argc, argv)) {
        return run_request{{argv[2], {}}, false};
    }
    return reader().read(argc, argv, environment);
}

} // namespace trafikito::agent::cli
