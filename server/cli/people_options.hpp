#pragma once
// The options of `password`, `people`, `api-tokens` and of what stands below these, as CLI11 fills
// them in. Only the command line uses it.

#include "server/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <variant>

namespace trafikito::server::cli {

class people_reader {
public:
    using options =
        std::variant<password_options, people_options, add_person_options, remove_person_options,
                     api_tokens_options, make_api_token_options, revoke_api_token_options>;

    /// This must outlive the app's parsing.
    void add_to(CLI::App& app);
    /// Nothing when it was another subcommand.
    std::optional<options> chosen();

private:
    void add_password(CLI::App& app);
    void add_people(CLI::App& app);
    void add_api_tokens(CLI::App& app);
    std::optional<options> chosen_token();

    CLI::App* password_command_ = nullptr;
    CLI::App* people_command_ = nullptr;
    CLI::App* add_command_ = nullptr;
    CLI::App* remove_command_ = nullptr;
    CLI::App* tokens_command_ = nullptr;
    CLI::App* make_command_ = nullptr;
    CLI::App* revoke_command_ = nullptr;
    password_options password_;
    people_options people_;
    add_person_options add_;
    remove_person_options remove_;
    api_tokens_options tokens_;
    make_api_token_options make_;
    revoke_api_token_options revoke_;
    std::string valid_;
};

} // namespace trafikito::server::cli
