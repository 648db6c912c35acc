// Twice the load that it takes: who is told to come later hears it soon, and the others are served
// as before.
#include "test/bench/server_load.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace trafikito::test::bench {

namespace {

constexpr std::size_t seconds_of_an_agent = 60;
constexpr double soon = 1000; ///< milliseconds

/// The highest rate at which it keeps up, in growing steps; one that fails is tried once more, for
/// others may have had the processors.
double find_capacity(load_stage& stage, load_options const& options, load_findings& found) {
    auto const holds = [&](double rate) {
        load_plan const plan{
            .rate = rate, .time = options.time / 2, .orders = true, .keep = options.keep};
        auto const cost = measure_load(stage, plan);
        found.say("| " + std::to_string(static_cast<int>(rate)) + ' ' + in_words(cost));
        return keeps_up(cost, plan);
    };
    double best = 0;
    double rate = options.begin;
    while (rate <= options.most && (holds(rate) || holds(rate))) {
        best = rate;
        rate += std::max(options.step, std::floor(rate / options.step / 4) * options.step);
    }
    return best;
}

void say_by_second(load_result const& of, load_findings& found) {
    line accepted{.name = "accepted", .points = {}};
    line busy{.name = "503", .points = {}};
    line unheard{.name = "closed unheard", .points = {}};
    line p50{.name = "p50", .points = {}};
    line p99{.name = "p99", .points = {}};
    found.say("\n| second | accepted | 503 | p50 ms | p99 ms | closed unheard "
              "|\n|---|---|---|---|---|---|");
    double second = 0;
    for (auto const& one : of.by_second) {
        second += 1;
        auto const half = at_share(one.busy_times, 0.5);
        auto const most = at_share(one.busy_times, 0.99);
        std::array<char, 128> text{};
        std::snprintf(text.data(), text.size(), "| %.0f | %zu | %zu | %.0f | %.0f | %zu |", second,
                      one.accepted, one.busy_times.size(), half, most, one.unheard);
        found.say(text.data());
        accepted.points.emplace_back(second, static_cast<double>(one.accepted));
        busy.points.emplace_back(second, static_cast<double>(one.busy_times.size()));
        unheard.points.emplace_back(second, static_cast<double>(one.unheard));
        p50.points.emplace_back(second, half);
        p99.points.emplace_back(second, most);
    }
    found.plots.push_back({.file = "overload.svg",
                           .title = "At twice what it takes",
                           .unit = "cycles",
                           .across = "second",
                           .bars = {},
                           .lines = {accepted, busy, unheard}});
    found.plots.push_back({.file = "overload_503.svg",
                           .title = "From connect to 503",
                           .unit = "ms",
                           .across = "second",
                           .bars = {},
                           .lines = {p50, p99}});
}

} // namespace

bool load_twice_as_much(load_options const& options, std::filesystem::path const& directory,
                        load_findings& found) {
    load_stage stage(options, directory,
                     2 * static_cast<std::size_t>(options.most) * seconds_of_an_agent);
    found.say("| asked cycles/s | cycles/s | p50 ms | p99 ms | CPU ms | serving | database | load "
              "| RSS MiB | bytes a report | |");
    found.say("|---|---|---|---|---|---|---|---|---|---|---|");
    auto const capacity =
        options.capacity > 0 ? options.capacity : find_capacity(stage, options, found);
    if (capacity <= 0) {
        found.say("\nIt does not keep up with the least: --begin=N asks for less.");
        return false;
    }
    load_plan const plan{
        .rate = 2 * capacity, .time = options.time * 2, .orders = true, .keep = options.keep};
    auto const cost = measure_load(stage, plan);
    found.say("| " + std::to_string(static_cast<int>(plan.rate)) + ' ' + in_words(cost));
    auto const& of = cost.result;
    std::array<char, 512> text{};
    std::snprintf(
        text.data(), text.size(),
        "\nAt %.0f cycles a second, twice what it takes: %.0f a second are accepted (%.0f "
        "%% of what it takes), p99 of save_output %.0f ms; %zu are told by 503 to come "
        "later, half of them within %.0f ms, 99 %% within %.0f ms, all within %.0f ms; %zu "
        "are refused otherwise; %zu are closed unheard, 99 %% of them within %.0f ms.",
        plan.rate, static_cast<double>(of.accepted) / of.seconds,
        100 * static_cast<double>(of.accepted) / of.seconds / capacity, of.save_time(0.99), of.busy,
        of.busy_time(0.5), of.busy_time(0.99), of.busy_time(1), of.refused, of.failed,
        of.unheard_time(0.99));
    found.say(text.data());
    std::snprintf(
        text.data(), text.size(),
        "The load itself, on the same processors, was late by up to %.0f ms, which is in all "
        "these times.",
        of.own_lateness);
    found.say(text.data());
    say_by_second(of, found);
    return of.busy_time(0.99) < soon && of.unheard_time(0.99) < soon;
}

} // namespace trafikito::test::bench
