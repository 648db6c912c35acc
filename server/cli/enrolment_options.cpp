#include "server/cli/enrolment_options.hpp"

#include "server/cli/data_option.hpp"
#include "server/cli/option_values.hpp"

namespace trafikito::server::cli {

void enrolment_reader::add_to(CLI::App& app) {
    add_enroll_command(app);
    add_tokens(app);
}

void enrolment_reader::add_enroll_command(CLI::App& app) {
    auto* const enroll = enroll_command_ = app.add_subcommand(
        "enroll-command", "Print the line that installs the agent on a new machine");
    add_data(*enroll, enroll_.data);
    enroll->add_option("--server-name", enroll_.server_name, "What the machine is called")
        ->type_name("NAME")
        ->check(check_plain);
    enroll
        ->add_option("--machines", enroll_.machines,
                     "How many machines the line may be used on (default 1)")
        ->type_name("N")
        ->check(check_machines);
    enroll->add_option("--valid", valid_, "For how long, 1m to 366d (default 24h)")
        ->type_name("TIME")
        ->check(check_validity);
    enroll
        ->add_option("--url", enroll_.url,
                     "Where it reaches the server, which the certificate must be for")
        ->type_name("URL")
        ->check(check_server_url);
    enroll->add_flag("--token-only", enroll_.token_only,
                     "Print the token alone: for `trafikito-agent enroll`, a fleet");
}

void enrolment_reader::add_tokens(CLI::App& app) {
    auto* const tokens = tokens_command_ =
        app.add_subcommand("tokens", "List the tokens that enroll-command made; revoke one");
    add_data(*tokens, tokens_.data);
    tokens->add_flag("--json", tokens_.json, "Print all of it as JSON");
    auto* const revoke = revoke_command_ = tokens->add_subcommand(
        "revoke", "End a token; its servers that have not reported are removed");
    add_data(*revoke, revoke_.data);
    revoke->add_option("id", revoke_.token, "Its id, or the beginning of it")
        ->type_name("ID")
        ->required();
}

enroll_command_options enrolment_reader::chosen_enroll() {
    if (enroll_.server_name && enroll_.machines > 1) {
        throw CLI::ValidationError("--server-name",
                                   "several machines would have one name: leave it out, and each "
                                   "is called by its own");
    }
    if (!valid_.empty()) {
        enroll_.valid = *duration_in(valid_);
    }
    return enroll_;
}

std::optional<enrolment_reader::options> enrolment_reader::chosen() {
    if (enroll_command_->parsed()) {
        return chosen_enroll();
    }
    if (revoke_command_->parsed()) {
        revoke_.data.follow(tokens_.data); // `tokens --data DIR revoke ID`
        return revoke_;
    }
    return tokens_command_->parsed() ? std::optional(options(tokens_)) : std::nullopt;
}

} // namespace trafikito::server::cli
