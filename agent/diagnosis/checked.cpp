// What `check` says: it looks at every file and command with the daemon's eyes. The steps before
// tell what they know better, so what is found here counts behind them.
#include "agent/diagnosis/checked.hpp"

#include "agent/diagnosis/steps.hpp"
#include "agent/inspection/inspection.hpp"
#include "base/ascii.hpp"
#include "base/units.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace {

using config::diagnostic;

/// Of one line of the list: the others run.
bool is_of_one_command(known const& so_far, diagnostic const& one) {
    return one.line != 0 && one.file == so_far.settings().available_commands.native();
}

/// A hint is sentences, and stands in the middle of one here: `Did you mean web? Put it there.`
/// becomes `web may be meant; put it there`.
std::string as_clauses(std::string_view hint) {
    constexpr std::string_view question = "Did you mean ";
    std::string text;
    while (!hint.empty()) {
        auto const stop = hint.find_first_of(".?");
        auto end = stop;
        while (end != std::string_view::npos && end + 1 < hint.size() && hint[end + 1] != ' ') {
            end = hint.find_first_of(".?", end + 1); // within a name
        }
        auto sentence = hint.substr(0, end);
        bool const asks = end != std::string_view::npos && hint[end] == '?';
        hint.remove_prefix(end == std::string_view::npos ? hint.size() : end + 1);
        hint.remove_prefix(std::min(hint.find_first_not_of(' '), hint.size()));
        if (sentence.empty()) {
            continue;
        }
        bool const offers = asks && sentence.starts_with(question);
        auto clause = std::string(offers ? sentence.substr(question.size()) : sentence);
        if (offers) {
            clause += " may be meant";
        } else if (clause.size() > 1 && base::is_letter(clause[1]) &&
                   base::to_lower(clause[1]) == clause[1]) {
            clause[0] = base::to_lower(clause[0]);
        }
        text += (text.empty() ? "" : "; ") + clause;
    }
    return text;
}

} // namespace

std::string place_of(diagnostic const& one) {
    auto where = one.file;
    where += one.line != 0 ? ":" + std::to_string(one.line) : "";
    where += one.column != 0 ? ":" + std::to_string(one.column) : "";
    return where;
}

cause cause_of(diagnostic const& one, rank as) {
    constexpr std::string_view typed = "Type: ";
    cause why{
        .rank = as, .sentence = place_of(one) + ": " + one.what, .advice = one.hint, .command = {}};
    if (auto const at = one.hint.find(typed); at != std::string::npos) {
        why.command = one.hint.substr(at + typed.size());
        why.advice = one.hint.substr(0, at);
    }
    why.advice = as_clauses(why.advice);
    return why;
}

step look_at_check(known& so_far) {
    step result;
    if (!so_far.sees_as_daemon()) {
        result.is = verdict::unseen;
        result.text = "this user does not see what the agent's user sees";
        return result;
    }
    auto const all =
        inspection::inspect(so_far.loaded, so_far.environment.values, so_far.daemons_user());
    auto const errors = all.count(diagnostic::severity::error);
    auto const warnings = all.count(diagnostic::severity::warning);
    result.text = base::count_of(errors, "error") + ", " + base::count_of(warnings, "warning");
    if (errors + warnings != 0) {
        result.text += "; `" + so_far.typed("check") + "` names them";
        result.at_least(verdict::note);
    }
    auto const bad_configuration = !so_far.configuration_is_whole;
    for (auto const& one : all.found) {
        if (one.level != diagnostic::severity::error) {
            continue;
        }
        if (one.line == 0 && one.file == so_far.settings().available_commands.native()) {
            auto of_list = cause_of(one, rank::list);
            of_list.sentence =
                "nothing runs, since the list of commands is of no use: " + of_list.sentence;
            result.add(std::move(of_list));
            continue;
        }
        auto const unknown = "there is no user " + so_far.settings().run_as;
        if (!so_far.settings().run_as.empty() && one.what.starts_with(unknown)) {
            result.add(cause_of(one, rank::user));
            continue;
        }
        bool const told = bad_configuration && one.file == so_far.asked.config_file.native();
        if (!told) { // else by the first step
            result.add(cause_of(one, is_of_one_command(so_far, one) ? rank::order : rank::checked));
        }
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
