#pragma once
// The command line of trafikito-server, read. main uses it; it opens no file and prints nothing.

#include "config/completion.hpp"
#include "server/cli/commands.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trafikito::server::cli {

/// Nothing to run: print the text (help, version: standard output, status 0; wrong use: standard
/// error, 2).
struct exit_text {
    int status = 0;
    std::string text;
};

using command_line =
    std::variant<exit_text, serve_options, enroll_command_options, tokens_options,
                 revoke_token_options, password_options, people_options, add_person_options,
                 remove_person_options, api_tokens_options, make_api_token_options,
                 revoke_api_token_options, servers_options, add_server_options,
                 remove_server_options, rename_server_options, new_key_options, outputs_options,
                 order_options, clock_options, why_options, values_options, check_options,
                 backup_options, restore_options, copy_options, complete_options>;

/// `arguments` without the program's name.
command_line parse_command_line(std::vector<std::string> arguments);

/// What may stand next: commands and options. `words` as in complete_options.
config::completion complete(std::vector<std::string> const& words);

/// A template of the manual with what it says of this command line (config/manual_page.hpp).
std::string fill_manual(std::string_view page);

} // namespace trafikito::server::cli
