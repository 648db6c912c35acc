#include "agent/cycle/identity_watch.hpp"

#include "base/units.hpp"

#include <bit>
#include <chrono>
#include <utility>

namespace trafikito::agent::cycle {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr unsigned looked_at = 0b111; ///< of the last questions
constexpr int enough = 2;             ///< of them came too early for no reason of ours
constexpr seconds a_minute{60};       ///< what the API takes one order in

std::string how_to_enrol_anew(config::settings const& settings) {
    return "enrol it anew: move " + settings.config_file.string() + " and " +
           settings.available_commands.string() +
           " away, then trafikito-agent enroll --api-url URL --user-api-key-file FILE "
           "--workspace-id ID --base-dir " +
           settings.base_dir.string();
}

std::string another_one_asks(config::settings const& settings, seconds least) {
    auto const every = base::in_seconds(settings.interval);
    std::string text = "the API says \"too early\" although this agent keeps its distance (it asks "
                       "once in " +
                       every +
                       "): another agent asks as this server. If this machine is a copy (a "
                       "cloned disk or image), " +
                       how_to_enrol_anew(settings);
    auto const needed = least > seconds(0) ? least : a_minute;
    if (settings.interval < needed) {
        text += ". Or else the API does not take one question in " + every +
                ": set interval = " + std::to_string(needed.count()) + "s";
    }
    return text;
}

/// Shifts in what became of one more question.
unsigned remember(persistence::state_file& state, bool refused) {
    auto value = state.value();
    auto const bits = ((value.refused_as_too_early << 1U) | (refused ? 1U : 0U)) & looked_at;
    value.refused_as_too_early = bits;
    state.change(std::move(value));
    return bits;
}

} // namespace

std::string copy_warning(config::settings const& settings, persistence::state const& value,
                         std::string const& identity, std::string const& machine) {
    if (value.identity != identity || value.machine.empty() || machine.empty() ||
        value.machine == machine) {
        return {};
    }
    return "this installation is a copy: it ran on another machine before (another machine-id), "
           "and "
           "two machines must not be one server. As long as the other one runs, " +
           how_to_enrol_anew(settings) +
           ". If it is gone for good, or this is a container with a new image, stop the agent and "
           "remove " +
           persistence::state_file_in(settings.var_dir).string();
}

void check_machine(config::settings const& settings, persistence::state_file& state,
                   std::string const& identity, std::string const& machine, base::log& log) {
    auto value = state.value();
    if (value.identity != identity) {
        value.identity = identity;
        value.machine = machine;
        value.machine_wanted = false;
        value.least_interval = seconds(0);
        value.refused_as_too_early = 0;
    } else if (value.machine.empty()) {
        value.machine = machine;
    }
    state.change(std::move(value));
    log.on_change(base::severity::warning, "machine",
                  copy_warning(settings, state.value(), identity, machine));
}

void note_order(persistence::state_file& state, base::log& log) {
    if (remember(state, false) == 0) {
        log.on_change(base::severity::warning, "another agent", "",
                      "no other agent seems to ask as this server any more");
    }
}

std::string perhaps_another_one(order_pace const& pace) {
    return pace.kept_distance()
               ? "; this agent kept its distance from its own last question: unless an answer was "
                 "lost, another agent asks as this server, as a copy of this machine would (a "
                 "cloned disk or image): enrol that one anew with trafikito-agent enroll"
               : "";
}

void note_too_early(config::settings const& settings, persistence::state_file& state,
                    order_pace const& pace, base::log& log) {
    if (!pace.kept_distance()) {
        return;
    }
    if (std::popcount(remember(state, true)) >= enough) {
        log.on_change(base::severity::warning, "another agent",
                      another_one_asks(settings, state.value().least_interval));
    }
}

} // namespace trafikito::agent::cycle
