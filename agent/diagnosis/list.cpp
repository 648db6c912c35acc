// Step 3: the list of commands, the only place where command lines come from.
#include "agent/diagnosis/steps.hpp"

#include "agent/daemon/eyes.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/path_walk.hpp"
#include "base/shell_quoting.hpp"
#include "base/units.hpp"

namespace trafikito::agent::diagnosis {

namespace {

using config::diagnostic;

diagnostic first_error(std::vector<diagnostic> const& found) {
    for (auto const& one : found) {
        if (one.level == diagnostic::severity::error) {
            return one;
        }
    }
    return found.empty() ? diagnostic() : found.front();
}

std::string first_in_words(std::vector<diagnostic> const& found) {
    return found.empty() ? std::string() : first_error(found).in_one_line();
}

std::size_t errors_in(std::vector<diagnostic> const& found) {
    std::size_t count = 0;
    for (auto const& one : found) {
        count += one.level == diagnostic::severity::error ? 1U : 0U;
    }
    return count;
}

config::loaded_command_list load(known const& so_far) {
    auto const& settings = so_far.settings();
    daemon::eyes_of const eyes(so_far.daemons_user());
    return config::load_command_list(settings, base::path_walk().open(settings.available_commands));
}

void judge_unread(known const& so_far, config::loaded_command_list const& loaded, step& result) {
    result.text = first_in_words(loaded.diagnostics);
    if (so_far.sees_as_daemon()) {
        result.is = verdict::wrong; // its cause tells the step `check`, which finds what is meant
    } else {
        result.is = verdict::unseen;
    }
}

void judge_list(known const& so_far, config::command_list const& list, step& result) {
    auto const& file = so_far.settings().available_commands;
    auto const errors = errors_in(list.diagnostics);
    result.text = file.string() + ": " + base::count_of(list.commands.size(), "command");
    if (errors != 0) {
        result.text += ", " + base::count_of(errors, "error");
        result.details.push_back(first_in_words(list.diagnostics));
        if (errors > 1) {
            result.details.push_back("`" + so_far.typed("check") + "` names all");
        }
    }
    if (!list.commands.empty()) {
        result.at_least(errors != 0 ? verdict::note : verdict::ok);
        return;
    }
    cause why{.rank = rank::list, .sentence = {}, .advice = {}, .command = {}};
    if (errors != 0) {
        auto const first = first_error(list.diagnostics);
        why.sentence =
            "no line of the list of commands can be used, so nothing runs: " + first.file + ":" +
            std::to_string(first.line) + ": " + first.what;
        why.advice = first.hint.substr(0, first.hint.find_last_not_of('.') + 1) + "; `" +
                     so_far.typed("check") + "` names all that is wrong with it";
    } else {
        why.sentence = "the list of commands, " + file.string() +
                       ", holds none: nothing runs, whatever the API asks for";
        why.advice = "write commands into it";
        why.command = "echo 'trafikito_uptime=\"uptime\"' >>" + base::shell_quoted(file.native());
    }
    result.add(std::move(why));
}

} // namespace

step look_at_list(known& so_far) {
    step result;
    auto loaded = load(so_far);
    if (!loaded.list) {
        judge_unread(so_far, loaded, result);
        return result;
    }
    judge_list(so_far, *loaded.list, result);
    so_far.list = std::move(loaded.list);
    return result;
}

} // namespace trafikito::agent::diagnosis
