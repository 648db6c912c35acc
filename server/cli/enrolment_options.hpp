#pragma once
// The options of `enroll-command`, `tokens` and `tokens revoke`, as CLI11 fills them in. Only the
// command line uses it.

#include "server/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <variant>

namespace trafikito::server::cli {

class enrolment_reader {
public:
    using options = std::variant<enroll_command_options, tokens_options, revoke_token_options>;

    /// This must outlive the app's parsing.
    void add_to(CLI::App& app);
    /// Nothing when it was another subcommand. Throws CLI::ValidationError.
    std::optional<options> chosen();

private:
    void add_enroll_command(CLI::App& app);
    void add_tokens(CLI::App& app);
    enroll_command_options chosen_enroll();

    CLI::App* enroll_command_ = nullptr;
    CLI::App* tokens_command_ = nullptr;
    CLI::App* revoke_command_ = nullptr;
    enroll_command_options enroll_;
    tokens_options tokens_;
    revoke_token_options revoke_;
    std::string valid_;
};

} // namespace trafikito::server::cli
