#include "agent/cli/command_line.hpp"

#include "agent/cli/exit_code.hpp"
#include "agent/cli/help.hpp"
#include "base/version.hpp"
#include "config/key.hpp"
#include "config/load.hpp"
#include "config/manual_page.hpp"
#include "config/pins.hpp"
#include "config/url.hpp"
#include "config/usage_error.hpp"

#include <CLI/CLI.hpp>

namespace trafikito::agent::cli {

namespace {

std::string check_url(std::string const& text) {
    return config::parse_url(text).problem;
}

std::string check_pin(std::string const& text) {
    return text.empty() ? "is empty" : config::pins_problem(text);
}

std::string check_repeat(std::string const& text) {
    return config::check_number(text, "--repeat 3", 1, 1000);
}

void describe_enroll(CLI::App& enroll, enroll_request& into) {
    enroll.add_option("--api-url", into.api_url, "Base address of the API")
        ->required()
        ->type_name("URL")
        ->check(check_url);
    enroll
        .add_option("--user-api-key-file", into.user_api_key_file,
                    "File with a token or your key; - is standard input")
        ->required()
        ->type_name("FILE")
        ->check(config::check_not_empty);
    enroll
        .add_option("--workspace-id", into.workspace_id, "Workspace that the server will belong to")
        ->required()
        ->type_name("ID")
        ->check(config::check_not_empty);
    enroll
        .add_option("--server-name", into.server_name,
                    "Name for this machine (default: its host name)")
        ->type_name("NAME")
        ->check(config::check_not_empty);
    auto* const base_dir =
        enroll
            .add_option("--base-dir", into.base_dir, "Where its files go (default /opt/trafikito)")
            ->type_name("DIR")
            ->check(config::check_not_empty);
    enroll
        .add_option("-c,--config", into.config,
                    "In place of --base-dir: the trafikito.cfg to write")
        ->excludes(base_dir)
        ->type_name("FILE")
        ->check(config::check_not_empty);
    enroll
        .add_option("--ca-file", into.ca_file,
                    "Certificates to trust in place of the system's (PEM)")
        ->type_name("FILE")
        ->check(config::check_not_empty);
    enroll.add_option("--pin", into.pin, "Public key that it must have besides: sha256/BASE64")
        ->type_name("PIN")
        ->check(check_pin);
    enroll.add_flag("--api-key-apart", into.api_key_apart,
                    "Write the API key into a file of its own, api_key");
    enroll.add_flag("--anew", into.anew, "Put an installation that is there aside, as *.old");
    enroll.add_option("--run-as", into.run_as, "User to run commands as, now and later")
        ->type_name("USER")
        ->check(config::check_not_empty);
}

/// The options of all subcommands, as CLI11 fills them in.
class reader {
public:
    reader();

    request read(std::vector<std::string> const& words,
                 std::vector<std::string> const& environment);
    [[nodiscard]] CLI::App const& app() const { return app_; }

private:
    CLI::App* add(char const* name, char const* what);
    request chosen(std::vector<std::string> const& environment);

    CLI::App app_{"Runs the commands that the Trafikito API names, and sends back their output",
                  "trafikito-agent"};
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
    command
        ->add_option("-c,--config", config_,
                     "The trafikito.cfg (default: see `trafikito-agent --help`)")
        ->type_name("FILE")
        ->check(config::check_not_empty);
    return command;
}

reader::reader() {
    app_.set_help_flag("-h,--help", "Print this, or what the command before it takes");
    app_.set_version_flag("-V,--version", base::version_text("trafikito-agent"),
                          "Print the version");
    app_.add_flag("--help-keys", help_keys_, "Print the keys of trafikito.cfg and trafikito.app");
    app_.require_subcommand(0, 1); // a command of the list may have the name of another one
    app_.add_option("-c,--config", config_,
                    "The installation's trafikito.cfg (default: $TRAFIKITO_CONFIG, else "
                    "/opt/trafikito/etc/trafikito.cfg, else /etc/trafikito/trafikito.cfg, else "
                    "the environment alone)")
        ->type_name("FILE")
        ->check(config::check_not_empty);
    constexpr auto const* once =
        "Do one cycle; exit 0 when its report was accepted and commands ran";
    app_.add_flag("--once", run_.once, once);

    run_command_ = add("run", "Run as the daemon: what happens without a command");
    run_command_->add_flag("--once", run_.once, once);
    why_command_ = add("why", "Say why there is no data, and what to do");
    why_command_->add_flag("--json", why_.as_json, "As JSON");
    check_command_ = add("check", "Read every file, say all that is wrong, change nothing");
    check_command_->add_flag("--json", check_.as_json, "As JSON");
    check_command_->add_flag("--strict", check_.strict, "Warnings are errors");
    test_command_ = add("test", "Run commands as the daemon would, show each result, send nothing");
    test_command_->add_option("names", test_.names, "Which ones (default: all of the list)")
        ->type_name("NAME");
    test_command_->add_flag("--as-sent", test_.as_sent,
                            "Print the bytes of the report, and nothing else");
    test_command_->add_option("--repeat", test_.repeat, "Run each N times and show the spread")
        ->check(check_repeat)
        ->excludes("--as-sent")
        ->type_name("N");
    test_command_->add_flag("--raw", test_.as_sent)->group(""); // what --as-sent was before
    test_command_->add_flag("--here", test_.here,
                            "Not as the agent's unit does, where systemd has one");
    status_command_ = add("status", "Say what the running daemon is doing");
    status_command_->add_flag("--json", status_.as_json, "As one line of JSON");
    status_command_->add_flag("--watch", status_.watch, "Again and again, in place")
        ->excludes("--json");
    healthcheck_command_ =
        add("healthcheck", "Say whether a cycle ended well within the last 3 intervals");
    enroll_command_ =
        app_.add_subcommand("enroll", "Make this machine known to an API and write its files");
    describe_enroll(*enroll_command_, enrolment_);
    describe(app_);
}

request reader::read(std::vector<std::string> const& words,
                     std::vector<std::string> const& environment) {
    if (auto const end = config::read_command_line(app_, words)) {
        return print_and_exit{end->text, end->status};
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
    std::vector<std::string> const words(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (!words.empty() && words.front() == "--complete") {
        return complete_request{{words.begin() + 1, words.end()}};
    }
    return reader().read(words, environment);
}

config::completion complete(std::vector<std::string> const& words) {
    return {reader().app(), words};
}

std::string fill_manual(std::string_view page) {
    return config::filled_manual(page, reader().app());
}

} // namespace trafikito::agent::cli
