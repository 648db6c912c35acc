#pragma once
// The command line (doc/design.md, "Command line"), read into values. Prints nothing itself.

#include "config/completion.hpp"
#include "config/load.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trafikito::agent::cli {

struct run_request {
    config::config_choice config;
    bool once = false;
};

struct why_request {
    config::config_choice config;
    bool as_json = false;
};

struct check_request {
    config::config_choice config;
    bool as_json = false;
    bool strict = false; ///< a warning counts as an error
};

struct test_request {
    config::config_choice config;
    std::vector<std::string> names; ///< none: all of the list
    bool as_sent = false;           ///< the bytes of the report, and nothing else
    unsigned repeat = 1;            ///< how often each is run: 1 to 1000
    bool here = false;              ///< not as the agent\'s unit does
};

struct status_request {
    config::config_choice config;
    bool as_json = false;
    bool watch = false; ///< again and again, in place
};

struct healthcheck_request {
    config::config_choice config;
};

struct enroll_request {
    std::string api_url;
    std::filesystem::path user_api_key_file; ///< `-`: standard input
    std::string workspace_id;
    std::string server_name;        ///< the machine's host name when empty
    std::filesystem::path base_dir; ///< this or `config` at most
    std::filesystem::path config;   ///< both empty: where an installation usually is
    std::filesystem::path ca_file;  ///< empty: the system's trust
    std::string pin;                ///< empty: any key that is trusted
    std::string run_as;             ///< empty: who we are
    bool api_key_apart = false;
    bool anew = false; ///< in place of an installation that is there
};

/// What a shell asks to complete a line; no person calls it.
struct complete_request {
    std::vector<std::string> words; ///< the last one is being typed
};

/// --help, --version, or a wrong command line: what to print, and how to exit.
struct print_and_exit {
    std::string text;
    int code = 0; ///< 0 goes to stdout, 2 to stderr
};

using request = std::variant<run_request, why_request, check_request, test_request, status_request,
                             healthcheck_request, enroll_request, complete_request, print_and_exit>;

/// `environment` may name the configuration (config::choose_config_file).
request parse_command_line(int argc, char const* const* argv,
                           std::vector<std::string> const& environment);

/// What may stand next: commands and options. `words` as in complete_request.
config::completion complete(std::vector<std::string> const& words);

/// A template of the manual with what it says of this command line (config/manual_page.hpp).
std::string fill_manual(std::string_view page);

} // namespace trafikito::agent::cli
