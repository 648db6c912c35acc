// How many requests a second of 10,000 agents reach the API before, during and after an outage.
// Run it without arguments; it prints a table and takes some seconds.
#include "test/agent/fleet.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

void print(char const* name, fleet_settings settings) {
    settings.run_for = settings.outage_from + settings.outage_for + 600s;
    auto const rate = simulate(settings);
    auto const from = settings.outage_from;
    auto const back = from + settings.outage_for;
    auto const before = mean_rate(rate, 120s, from);
    auto const peak = peak_rate(rate, back, settings.run_for, 1);
    auto const smooth = peak_rate(rate, back, settings.run_for, 10);
    std::printf("%-52s %7.0f %7.0f %7.0f %7.0f %7.0f %6.2f\n", name, before,
                peak_rate(rate, from, back, 1), mean_rate(rate, std::max(from, back - 60s), back),
                peak, smooth, peak / before);
}

void outages(char const* length, std::chrono::seconds duration) {
    struct {
        char const* name;
        trouble what;
    } const kinds[] = {{"no connection", trouble::refused},
                       {"silence", trouble::silent},
                       {"503, Retry-After: 90", trouble::come_back_later},
                       {"503, Retry-After the end, for all", trouble::come_back_together}};
    for (auto const& kind : kinds) {
        fleet_settings settings;
        settings.what = kind.what;
        settings.outage_for = duration;
        auto const name = std::string(length) + ": " + kind.name;
        print(name.c_str(), settings);
    }
}

void restart(char const* name, beginning begin) {
    fleet_settings settings;
    settings.begin = begin;
    settings.outage_for = 0s;
    settings.run_for = 900s;
    auto const rate = simulate(settings);
    auto const steady = mean_rate(rate, 300s, 900s);
    auto const peak = peak_rate(rate, 0s, 900s, 1);
    std::printf("%-52s %7.0f %7s %7s %7.0f %7.0f %6.2f\n", name, steady, "-", "-", peak,
                peak_rate(rate, 0s, 900s, 10), peak / steady);
}

} // namespace

int main() {
    std::printf("Requests a second (orders, reports and their retries) of 10,000 agents.\n\n");
    std::printf("%-52s %7s %7s %7s %7s %7s %6s\n", "", "before", "outage:", "its", "after:", "peak",
                "peak /");
    std::printf("%-52s %7s %7s %7s %7s %7s %6s\n", "", "(mean)", "peak", "last", "peak 1s", "10s",
                "before");
    outages("30 min", 1800s);
    outages("5 min", 300s);
    outages("20 s", 20s);
    restart("all started in one second, nothing known", beginning::fresh);
    restart("all restarted in one second within their minute", beginning::restarted);
}
