#pragma once
// The command line (doc/design.md, "Command line"), read into values. Prints nothing itself.

#include "config/load.hpp"

#include <filesystem>
#include <optional>
#include <string>
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
    bool raw = false;               ///< what they print byte for byte
    bool as_sent = false;           ///< the bytes of the report, and nothing else
    unsigned repeat = 1;            ///< how often each is run: 1 to 1000
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
};

/// --help, --version, or a wrong command line: what to print, and how to exit.
struct print_and_exit {
    std::string text;
    int code = 0; ///< 0 goes to stdout, 2 to stderr
};

using request = std::variant<run_request, why_request, check_request, test_request, status_request,
                             healthcheck_request, enroll_request, print_and_exit>;

/// `environment` may name the configuration (config::choose_config_file).
request parse_command_line(int argc, char const* const* argv,
                           std::vector<std::string> const& environment);

} // namespace trafikito::agent::cli
