// Step 13: what the daemon said of its last cycles. What was found before explains it, if anything
// does: so this cause comes last, but where the API refused what `why` itself must not ask.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/enrol_anew.hpp"
#include "agent/diagnosis/keeper.hpp"
#include "agent/diagnosis/outcomes.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <array>

namespace trafikito::agent::diagnosis {

namespace {

constexpr int well_within = 3; ///< intervals, as healthcheck has it

bool holds_any(std::string_view text, auto const& parts) {
    return std::ranges::any_of(
        parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

cause of_story(known const& so_far, std::string const& story) {
    constexpr std::array<std::string_view, 4> keys{"HTTP 401", "HTTP 403", "API_KEY_IS_WRONG",
                                                   "#wrong_key"};
    constexpr std::array<std::string_view, 4> paces{
        "ONCE_PER_MINUTE", "ANOTHER_REQUEST_IN_PROGRESS", "#6d5jyjytjh", "too early"};
    if (holds_any(story, keys)) {
        return refused_key(so_far, story);
    }
    if (holds_any(story, paces)) {
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
