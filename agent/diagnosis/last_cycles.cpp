// Step 13: what the daemon said of its last cycles. What was found before explains it, if anything
// does: so this cause comes last, but where the API refused what `why` itself must not ask.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/enrol_anew.hpp"
#include "agent/diagnosis/keeper.hpp"
#include "agent/diagnosis/outcomes.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "net/api/answer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace trafikito::agent::diagnosis {

namespace {

constexpr int well_within = 3; ///< intervals, as healthcheck has it

/// What was answered, of the words in which a cycle tells how it ended (agent/cycle: `CONSEQUENCE:
/// answer of PEER: WHAT`); empty where nobody answered. What stands before WHAT is this program's
/// own, so that no page can pretend to be the API.
std::string_view answer_in(std::string_view story) {
    constexpr std::string_view told = ": answer";
    constexpr std::string_view of = " of ";
    auto const at = story.find(told);
    if (at == std::string_view::npos) {
        return {};
    }
    auto rest = story.substr(at + told.size());
    if (rest.starts_with(of)) {
        rest = rest.substr(std::min(rest.find(": ", of.size()), rest.size()));
    }
    return rest.starts_with(": ") ? rest.substr(2) : std::string_view();
}

/// What of it the API said in its own form.
std::string_view own_words_in(std::string_view answer) {
    return answer.starts_with(net::api::api_says) ? answer.substr(net::api::api_says.size())
                                                  : std::string_view();
}

bool is_refusal(std::string_view answer) {
    return answer.starts_with("HTTP 401") || answer.starts_with("HTTP 403");
}

bool is_about_pace(std::string_view own) {
    constexpr std::array<std::string_view, 3> paces{"ONCE_PER_MINUTE",
                                                    "ANOTHER_REQUEST_IN_PROGRESS", "#6d5jyjytjh"};
    return std::ranges::any_of(
        paces, [&](std::string_view part) { return own.find(part) != std::string_view::npos; });
}

bool is_of_report(std::string_view story) {
    return story.starts_with("report not delivered");
}

/// The API took the key just before, for the order that this report answers.
bool key_was_taken(known const& so_far) {
    auto const& answer = so_far.daemon->answer;
    return answer && (answer->kind == "order" || answer->kind == "unchanged");
}

/// With what of it says that the key and this installation are well.
cause of_refused_report(known const& so_far, std::string const& story) {
    return {.rank = rank::last_cycles,
            .sentence = "the API takes this machine's key and gives orders, and the reports are "
                        "refused (last accepted: " +
                        ago(so_far.daemon->accepted) + "): " + story,
            .advice = "the key and this installation are well: whoever runs the API, or the proxy "
                      "or firewall before it, must let the reports pass",
            .command = {}};
}

cause of_story(known const& so_far, std::string const& story) {
    auto const answer = answer_in(story);
    auto const own = own_words_in(answer);
    if (is_of_report(story) && key_was_taken(so_far) && (is_about_key(own) || is_refusal(answer))) {
        return of_refused_report(so_far, story);
    }
    if (is_about_key(own)) {
        return refused_key(so_far, story);
    }
    if (is_about_pace(own)) {
        return asked_too_early(so_far, story);
    }
    bool const earlier = changed_since_start(so_far) && so_far.reached_api;
    cause why{.rank = earlier ? rank::earlier_one : rank::last_cycles,
              .sentence = "no report of this agent was accepted within " +
                          std::to_string(well_within) +
                          " intervals (last: " + ago(so_far.daemon->accepted) + "): " + story,
              .advice = {},
              .command = {}};
    if (earlier) {
        why.sentence = "the agent runs with the configuration as it was before " +
                       so_far.settings().config_file.string() + " was changed, and fails (" +
                       story + ")";
        why.command = how_to_reload(so_far);
        if (why.command.empty()) {
            add_restart(so_far, why);
        }
    }
    return why;
}

/// `comes in 42 s`
std::string first_cycle(known const& so_far) {
    auto const& daemon = *so_far.daemon;
    if (daemon.next_cycle) {
        auto const left = base::timestamp::now().age(*daemon.next_cycle);
        return left > std::chrono::milliseconds(0)
                   ? "comes in " + base::in_words(std::chrono::ceil<std::chrono::seconds>(left))
                   : "is due now";
    }
    auto const chance = so_far.settings().random_number.value_or(std::chrono::seconds(0));
    return "comes within " +
           base::in_seconds(std::max<std::chrono::milliseconds>(daemon.interval, chance));
}

/// Of cycles that something else begins, who knows how often: the last one counts.
void look_at_single_one(known const& so_far, step& result) {
    auto const& last = *so_far.reporting();
    if (!last.cycle_ended || last.last_end.empty() || last.last_end == "accepted" ||
        last.last_end == "interrupted") {
        return;
    }
    known as_if = so_far; // of one that ran as that cycle did, and is out of reach
    as_if.daemon = last;
    as_if.daemon->pid = 0;
    if (changed_since_start(as_if)) {
        result.at_least(verdict::note);
        result.details.push_back("it failed with what " + so_far.settings().config_file.string() +
                                 " held before; the next one reads it anew");
        return;
    }
    auto why = of_story(as_if, last.last_cycle);
    if (why.rank == rank::last_cycles) {
        why.sentence = "the last cycle (--once), " + ago(last.cycle_ended) +
                       ", did not bring its report to the API: " + last.last_cycle;
    }
    result.add(std::move(why));
}

} // namespace

step look_at_last_cycles(known& so_far) {
    step result;
    if (!so_far.reporting()) {
        result.is = so_far.daemon_unseen ? verdict::unseen : verdict::skipped;
        result.text = so_far.daemon_unseen ? "they cannot be read by this user"
                      : so_far.status ? "of the agent that is gone: " + so_far.status->last_cycle
                                      : "no cycle has run";
        return result;
    }
    auto const& daemon = *so_far.reporting();
    auto const now = base::timestamp::now();
    result.text = daemon.last_cycle;
    for (auto const& problem : daemon.problems) {
        result.details.push_back("problem: " + problem.message);
        result.at_least(verdict::note);
    }
    look_at_outcomes(so_far, result);
    if (!daemon.nothing_ran.empty()) {
        result.add({.rank = rank::last_cycles,
                    .sentence = "reports arrive, but nothing ran: " + daemon.nothing_ran,
                    .advice = {},
                    .command = {}});
    }
    if (!so_far.daemon) {
        look_at_single_one(so_far, result);
        return result;
    }
    auto const& since = daemon.accepted ? *daemon.accepted : daemon.started;
    if (!daemon.accepted && !daemon.cycle_ended) {
        result.at_least(verdict::note);
        result.text = "none has ended yet; the agent started " + ago(daemon.started) +
                      ", and its first cycle " + first_cycle(so_far);
    } else if (since.age(now) > well_within * daemon.interval) {
        result.add(of_story(so_far, daemon.last_cycle));
    } else if (!daemon.accepted) { // it failed, yet it is young
        result.add(of_story(so_far, daemon.last_cycle));
        result.causes.back().sentence =
            result.causes.back().rank == rank::last_cycles
                ? "no report of this agent was accepted yet: " + daemon.last_cycle
                : result.causes.back().sentence;
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
