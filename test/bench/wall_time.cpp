// How long a cycle takes beyond its slowest command, and what it sends: seen by a relay between the
// agent and its server, from the connection to the answer to the report.
#include "test/bench/relay.hpp"
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <sstream>

namespace trafikito::test::bench {

namespace {

namespace json = boost::json;

double milliseconds(std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// Of each of its last reports, oldest first: milliseconds of its slowest command.
std::vector<double> slowest_commands(receiver const& server, std::string const& machine,
                                     std::size_t reports) {
    std::vector<double> slowest;
    std::istringstream lines(
        server.run({"outputs", machine, "--last", std::to_string(reports), "--json"}));
    for (std::string line; std::getline(lines, line);) {
        double most = 0;
        for (auto const& one : json::parse(line).as_object().at("results").as_array()) {
            most = std::max(most, one.as_object().at("durationMs").to_number<double>());
        }
        slowest.push_back(most);
    }
    return slowest;
}

struct cycles_seen {
    std::vector<seen_connection> connections;
    std::vector<double> slowest;
};

/// Cycles of that list, without the first three.
cycles_seen see_cycles(workbench const& bench, std::string const& name, runner const& who,
                       std::string const& list, std::string const& interval, std::size_t cycles) {
    constexpr std::size_t warm_up = 3;
    relay between(bench.server.port());
    installation const place(bench.with, bench.server, bench.directory / name, who.user,
                             between.port());
    place.offer(list);
    auto how = place.how();
    how.environment = {"TRAFIKITO_INTERVAL=" + interval, "TRAFIKITO_RANDOM_NUMBER=0"};
    auto one = place.start(how);
    one.wait_for_cycles(warm_up + cycles);
    one.running.wait_until_quiet();
    one.running.end(SIGTERM);
    auto seen = between.seen();
    auto const reports = std::min(one.cycles(), seen.size());
    auto slowest = slowest_commands(bench.server, name, reports);
    // One connection a cycle; if there were more, the newest are those of the newest reports.
    auto const keep = static_cast<long>(std::min({seen.size(), slowest.size(), cycles}));
    seen.erase(seen.begin(), seen.end() - keep);
    slowest.erase(slowest.begin(), slowest.end() - keep);
    return {std::move(seen), std::move(slowest)};
}

samples above_slowest(cycles_seen const& all) {
    samples values;
    for (std::size_t i = 0; i < all.connections.size(); ++i) {
        auto const& one = all.connections[i];
        values.add(milliseconds(one.last_answer - one.accepted) - all.slowest[i]);
    }
    return values;
}

} // namespace

void measure_wall_time(workbench& bench) {
    workbench::say("the time of a cycle: 10, 100 and 1,000 commands");
    plot picture{"wall.svg", "Time of a cycle above its slowest command", "ms", "commands", {}, {}};
    for (auto const& who : bench.runners) {
        line curve{who.text, {}};
        auto const beside = see_cycles(bench, "wall-beside-" + who.id, who,
                                       echo_list(9) + "trafikito_slow=\"sleep 0.2\"\n", "1s", 10);
        figure ten;
        ten.id = "wall_10_" + who.id;
        ten.name = "Time of a cycle above its slowest command, 10 commands, " + who.text;
        ten.unit = "ms";
        ten.values = above_slowest(beside);
        ten.wanted = {goal::bound::at_most, 5, false};
        ten.note =
            "nine `echo` beside one `sleep 0.2`; the time of a command is known to the millisecond";
        bench.add(ten);
        for (int const count : {10, 100, 1000}) {
            auto const all =
                see_cycles(bench, "wall-" + std::to_string(count) + "-" + who.id, who,
                           echo_list(count), count == 1000 ? "3s" : "1s", count == 1000 ? 5 : 10);
            auto const above = above_slowest(all);
            figure each;
            each.id = "wall_each_" + std::to_string(count) + "_" + who.id;
            each.name =
                "The same of " + std::to_string(count) + " `echo`, for each command, " + who.text;
            each.unit = "ms";
            each.digits = 2;
            for (double const value : above.values) {
                each.values.add(value / count);
            }
            if (count > 10) {
                each.wanted = {goal::bound::at_most, 0.5, false};
            }
            bench.add(each);
            curve.points.emplace_back(count, above.median());
        }
        picture.lines.push_back(curve);
    }
    bench.plots.push_back(picture);
}

void measure_wire(workbench& bench) {
    workbench::say("what a cycle sends");
    auto const all = see_cycles(bench, "wire", bench.runners.front(), echo_list(10), "1s", 10);
    auto const told = [&](char const* id, char const* name, auto value) -> figure {
        figure one;
        one.id = id;
        one.name = name;
        one.digits = 0;
        for (auto const& each : all.connections) {
            one.values.add(static_cast<double>(value(each)));
        }
        return one;
    };
    auto requests =
        told("requests", "Requests of a cycle", [](auto const& one) { return one.requests; });
    requests.wanted = {goal::bound::at_most, 2, false};
    bench.add(requests);
    figure connections;
    connections.id = "connections";
    connections.name = "Connections of a cycle";
    connections.digits = 1;
    auto const& seen = all.connections;
    if (seen.size() > 1) {
        auto const seconds =
            std::chrono::duration<double>(seen.back().accepted - seen.front().accepted).count();
        connections.values.add(static_cast<double>(seen.size() - 1) / std::round(seconds));
    }
    connections.wanted = {goal::bound::at_most, 1, false};
    connections.note = "one cycle a second";
    bench.add(connections);
    auto up = told("bytes_up", "Bytes of a cycle on the wire, from the agent",
                   [](auto const& one) { return one.bytes_up; });
    up.note = "of TCP's payload, with TLS: a resumed session";
    bench.add(up);
    bench.add(told("bytes_down", "Bytes of a cycle on the wire, to the agent",
                   [](auto const& one) { return one.bytes_down; }));
}

} // namespace trafikito::test::bench
