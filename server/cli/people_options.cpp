#include "server/cli/people_options.hpp"

#include "config/usage_error.hpp"
#include "server/cli/data_option.hpp"
#include "server/cli/option_values.hpp"

namespace trafikito::server::cli {

namespace {

void add_role(CLI::App& command, store::person_role& role, char const* what) {
    command
        .add_option_function<std::string>(
            "--role",
            [&role](std::string const& word) {
                role = store::role_of(word).value_or(store::person_role::reader);
            },
            what)
        ->type_name("ROLE")
        ->check([](std::string const& text) {
            return config::check_choice(text, "reader administrator");
        });
}

} // namespace

void people_reader::add_to(CLI::App& app) {
    add_password(app);
    add_people(app);
    add_api_tokens(app);
}

void people_reader::add_password(CLI::App& app) {
    auto* const command = password_command_ =
        app.add_subcommand("password", "Set a person's password for the page, or print a link");
    add_data(*command, password_.data);
    command
        ->add_option("name", password_.name,
                     "Who (default: the only administrator; admin, where there is nobody)")
        ->type_name("PERSON")
        ->check(check_person_name);
    auto* const link = command->add_flag_callback(
        "--link", [this] { password_.by = password_options::way::link; },
        "Print a link, good for an hour, by which to set it");
    command
        ->add_flag_callback(
            "--log-in", [this] { password_.by = password_options::way::log_in; },
            "Print a link, good for ten minutes, that is logged in")
        ->excludes(link);
}

void people_reader::add_people(CLI::App& app) {
    auto* const people = people_command_ =
        app.add_subcommand("people", "List who may look at the page; add or remove somebody");
    add_data(*people, people_.data);
    people->add_flag("--json", people_.json, "Print all of it as JSON");
    auto* const add_one = add_command_ =
        people->add_subcommand("add", "Let somebody look; print a link by which to set a password");
    add_data(*add_one, add_.data);
    add_one->add_option("name", add_.name, "By which to log in")
        ->type_name("NAME")
        ->required()
        ->check(check_person_name);
    add_role(*add_one, add_.role, "reader or administrator (default reader)");
    auto* const remove_one = remove_command_ =
        people->add_subcommand("remove", "Take somebody off the list; all sessions end at once");
    add_data(*remove_one, remove_.data);
    remove_one->add_option("name", remove_.name, "Who")->type_name("PERSON")->required();
}

void people_reader::add_api_tokens(CLI::App& app) {
    auto* const tokens = tokens_command_ = app.add_subcommand(
        "api-tokens", "List the tokens by which programs ask; make or revoke one");
    add_data(*tokens, tokens_.data);
    tokens->add_flag("--json", tokens_.json, "Print all of it as JSON");
    auto* const make = make_command_ =
        tokens->add_subcommand("make", "Make a token for /api/v1 and /metrics, and print it");
    add_data(*make, make_.data);
    make->add_option("name", make_.name, "What it is for")
        ->type_name("NAME")
        ->required()
        ->check(check_person_name);
    add_role(*make, make_.role, "reader or administrator (default reader)");
    make->add_option("--valid", valid_, "For how long, 1m to 3650d (default: for ever)")
        ->type_name("TIME")
        ->check(check_token_validity);
    auto* const revoke = revoke_command_ = tokens->add_subcommand("revoke", "End a token at once");
    add_data(*revoke, revoke_.data);
    revoke->add_option("id", revoke_.id, "Its id, or the beginning of it")
        ->type_name("ID")
        ->required();
}

std::optional<people_reader::options> people_reader::chosen_token() {
    if (make_command_->parsed()) {
        make_.data.follow(tokens_.data);
        make_.valid = valid_.empty() ? std::nullopt : duration_in(valid_);
        return make_;
    }
    if (revoke_command_->parsed()) {
        revoke_.data.follow(tokens_.data);
        return revoke_;
    }
    return tokens_command_->parsed() ? std::optional(options(tokens_)) : std::nullopt;
}

std::optional<people_reader::options> people_reader::chosen() {
    if (password_command_->parsed()) {
        return password_;
    }
    if (add_command_->parsed()) {
        add_.data.follow(people_.data); // `people --data DIR add NAME`
        return add_;
    }
    if (remove_command_->parsed()) {
        remove_.data.follow(people_.data);
        return remove_;
    }
    return people_command_->parsed() ? std::optional(options(people_)) : chosen_token();
}

} // namespace trafikito::server::cli
