#include "agent/cli/complete.hpp"

#include "agent/cli/exit_code.hpp"
#include "base/path_walk.hpp"
#include "base/printable.hpp"
#include "config/completion.hpp"
#include "config/layout.hpp"
#include "config/load.hpp"

namespace trafikito::agent::cli {

namespace {

constexpr std::string_view prefix = "trafikito_";

/// The list that the daemon would read, as far as its configuration can be read.
std::vector<config::command> commands_of(std::filesystem::path const& file,
                                         std::vector<std::string> const& environment,
                                         base::redactor& hidden) {
    auto const loaded = config::load_settings(file, environment, config::key_reading::if_readable);
    hidden.add(loaded.secrets);
    std::error_code nowhere; // of an empty path
    config::settings guessed;
    // Behind sudo the shell asks as its own user, who may read the list and not the configuration.
    guessed.available_commands =
        config::layout_of(std::filesystem::absolute(file, nowhere)).available_commands;
    auto const& settings = loaded.as_far ? *loaded.as_far : guessed;
    base::path_walk walk;
    auto const reached = walk.open(settings.available_commands);
    auto list = config::load_command_list(settings, reached);
    return list.list ? std::move(list.list->commands) : std::vector<config::command>{};
}

/// `uptime`, where the prefix was not begun.
std::string written_as(std::string const& begun, std::string const& name) {
    bool const whole = !begun.empty() && prefix.starts_with(begun.substr(0, prefix.size()));
    return whole || !name.starts_with(prefix) ? name : name.substr(prefix.size());
}

} // namespace

int print_completion(complete_request const& what, std::vector<std::string> const& environment,
                     base::console& to) {
    auto asked = complete(what.words);
    if (asked.named_command() == "test" && asked.value() == "NAME") {
        auto const given = asked.given("--config");
        auto const file =
            given ? std::filesystem::path(*given) : config::choose_config_file(environment).file;
        std::vector<config::candidate> names;
        for (auto const& one : commands_of(file, environment, to.hidden)) {
            names.push_back({written_as(asked.begun(), one.name), base::for_line(one.text, 60)});
        }
        asked.offer(names);
    }
    to.out << asked.text();
    return ok;
}

} // namespace trafikito::agent::cli
