// How long a cycle takes beyond its slowest command, and what it sends: seen by a relay between the
// agent and its server, from the connection to the answer to the report.
#include "test/bench/relay.hpp"
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
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
        auto const report = json::parse(line);
        for (auto const& one : report.as_object().at("results").as_array()) {
            if (auto const* const took = one.as_object().if_contains("durationMs")) {
                most = std::max(most, took->to_number<double>()); // else it was not run
            }
        }
        slowest.push_back(most);
    }
    return slowest;
}

struct seen_cycle {
    seen_exchange order;
    seen_exchange report;
    double slowest = 0; ///< milliseconds of its slowest command
};

/// Cycles of that list, without the first ones.
std::vector<seen_cycle> see_cycles(workbench const& bench, std::string const& name,
                                   runner const& who, std::string const& list,
                                   std::string const& interval, std::size_t cycles) {
    constexpr std::size_t warm_up = 2;
    relay between(bench.server.port());
    installation const place(bench.with, bench.server, bench.directory / name, who.user,
                             between.port());
    auto const enrolment = between.seen().size();
    place.offer(list);
    auto how = place.how();
    how.environment = {"TRAFIKITO_INTERVAL=" + interval, "TRAFIKITO_RANDOM_NUMBER=0"};
    auto one = place.start(how);
    one.wait_for_cycles(warm_up + cycles);
    one.running.wait_until_quiet();
    one.running.end(SIGTERM);
    auto const seen = between.seen();
    auto const slowest = slowest_commands(bench.server, name, one.cycles());
    if (seen.size() != enrolment + 2 * slowest.size()) {
        throw std::runtime_error(
            "a cycle is not two requests: " + std::to_string(seen.size() - enrolment) + " of " +
            std::to_string(slowest.size()) + " cycles");
    }
    std::vector<seen_cycle> all;
    for (auto i = warm_up; i < slowest.size(); ++i) {
        all.push_back({seen[enrolment + 2 * i], seen[enrolment + 2 * i + 1], slowest[i]});
    }
    return all;
}

samples above_slowest(std::vector<seen_cycle> const& cycles) {
    samples values;
    for (auto const& one : cycles) {
        values.add(milliseconds(one.report.answered - one.order.begun) - one.slowest);
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
                                       echo_list(9) + "trafikito_slow=\"sleep 0.2\"\n", "1s", 7);
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
                           echo_list(count), count == 1000 ? "3s" : "1s", count == 1000 ? 4 : 7);
            auto const above = above_slowest(all);
            figure each;
            each.id = "wall_each_" + std::to_string(count) + "_" + who.id;
            each.name = "Time of a cycle of " + std::to_string(count) +
                        " `echo` above its slowest, for each of them, " + who.text;
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
        for (auto const& each : all) {
            one.values.add(static_cast<double>(value(each.order) + value(each.report)));
        }
        return one;
    };
    auto requests = told("requests", "Requests of a cycle", [](auto const&) { return 1; });
    requests.wanted = {goal::bound::at_most, 2, false};
    bench.add(requests);
    auto connections = told("connections", "Connections of a cycle",
                            [](auto const& one) { return one.connected ? 1 : 0; });
    connections.wanted = {goal::bound::at_most, 1, false};
    connections.note = "one that is open from the cycle before is used again";
    bench.add(connections);
    auto up = told("bytes_up", "Bytes of a cycle on the wire, from the agent",
                   [](auto const& one) { return one.bytes_up; });
    up.note = "TCP's payload, that is with TLS";
    bench.add(up);
    bench.add(told("bytes_down", "Bytes of a cycle on the wire, to the agent",
                   [](auto const& one) { return one.bytes_down; }));
}

} // namespace trafikito::test::bench
