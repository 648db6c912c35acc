// More and more machines, until the server does not keep up.
#include "test/bench/server_load.hpp"

#include "test/bench/figure.hpp"
#include "test/bench/waiting.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>

namespace trafikito::test::bench {

namespace {

constexpr std::size_t variants = 24;
constexpr std::size_t seconds_of_an_agent = 60;

double milliseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(time.count()) / 1e6;
}

std::chrono::nanoseconds own_processor_time() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// Of the first threads of the processes: those that serve.
std::chrono::nanoseconds serving_time(load_target const& target) {
    std::chrono::nanoseconds sum{0};
    for (std::size_t i = 0; i < target.processes(); ++i) {
        auto const pid = std::to_string(target.serving(i).pid());
        std::istringstream text(content_of("/proc/" + pid + "/task/" + pid + "/schedstat"));
        long one = 0;
        text >> one;
        sum += std::chrono::nanoseconds(one);
    }
    return sum;
}

std::string formatted(char const* form, auto... values) {
    std::array<char, 256> text{};
    // NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): of this file alone
    std::snprintf(text.data(), text.size(), form, values...);
    return text.data();
}

} // namespace

void load_findings::say(std::string const& line) {
    std::cout << line << '\n' << std::flush;
    lines.push_back(line);
}

load_stage::load_stage(load_options const& options, std::filesystem::path const& directory,
                       std::size_t machines, std::vector<std::string> const& more)
    : texts(variants) {
    auto words = options.more;
    words.insert(words.end(), more.begin(), more.end());
    target = std::make_unique<load_target>(target_options{.program = options.program,
                                                          .directory = directory,
                                                          .postgres = options.postgres,
                                                          .processes = options.processes,
                                                          .machines = machines,
                                                          .available = texts.available(),
                                                          .more = words});
    tls = std::make_unique<load_tls>(target->authority());
    fleet = std::make_unique<load_fleet>(machines, texts, *tls, target->endpoints());
    fleet->warm_up();
}

long memory_of(load_target const& target) {
    long sum = 0;
    for (std::size_t i = 0; i < target.processes(); ++i) {
        sum += target.serving(i).proc_number("status", "VmRSS");
    }
    return sum;
}

load_cost measure_load(load_stage& stage, load_plan const& plan) {
    auto const& target = *stage.target;
    auto const server = target.server_time();
    auto const serving = serving_time(target);
    auto const database = target.database_time();
    auto const own = own_processor_time();
    auto const disk = target.disk_bytes();
    load_cost cost;
    cost.result = stage.fleet->run(plan);
    auto const cycles = static_cast<double>(std::max<std::size_t>(cost.result.accepted, 1));
    cost.server = milliseconds(target.server_time() - server) / cycles;
    cost.serving = milliseconds(serving_time(target) - serving) / cycles;
    cost.database = milliseconds(target.database_time() - database) / cycles;
    cost.load = milliseconds(own_processor_time() - own) / cycles;
    cost.disk = (static_cast<double>(target.disk_bytes()) - static_cast<double>(disk)) / cycles;
    cost.memory = memory_of(target);
    return cost;
}

bool keeps_up(load_cost const& cost, load_plan const& plan) {
    auto const wanted = plan.rate * std::chrono::duration<double>(plan.time).count();
    return cost.result.troubles() == 0 && cost.result.save_time(0.99) < longest_save &&
           static_cast<double>(cost.result.accepted) >= wanted * 0.98 - 1;
}

std::string in_words(load_cost const& cost) {
    auto const& of = cost.result;
    auto const by_seconds = static_cast<double>(of.accepted) / std::max(of.seconds, 0.001);
    return formatted("| %7.0f | %6.1f | %6.1f | %5.2f | %5.2f | %5.2f | %5.2f | %4.0f | %6.0f | "
                     "%zu 503, %zu refused, %zu failed; %.0f %% resumed |",
                     by_seconds, of.save_time(0.5), of.save_time(0.99), cost.server, cost.serving,
                     cost.database, cost.load, static_cast<double>(cost.memory) / 1024, cost.disk,
                     of.busy, of.refused, of.failed,
                     100.0 * static_cast<double>(of.resumed) /
                         static_cast<double>(std::max<std::size_t>(of.handshakes, 1)));
}

bool load_until_it_is_too_much(load_options const& options, std::filesystem::path const& directory,
                               load_findings& found) {
    load_stage stage(options, directory,
                     static_cast<std::size_t>(options.most) * seconds_of_an_agent);
    found.say(formatted("A report has %.1f KB (outputs and results). %s, %zu process%s, %s.\n",
                        static_cast<double>(stage.texts.size_of(0)) / 1000,
                        options.postgres ? "PostgreSQL" : "SQLite", options.processes,
                        options.processes == 1 ? "" : "es",
                        options.keep ? "kept connections" : "one connection a cycle"));
    found.say("| agents a minute | cycles/s | p50 ms | p99 ms | CPU ms | serving | database | load "
              "| RSS MiB | bytes a report | |");
    found.say("|---|---|---|---|---|---|---|---|---|---|---|");
    line p50{.name = "p50", .points = {}};
    line p99{.name = "p99", .points = {}};
    line processor{.name = "CPU of the server", .points = {}};
    double best = 0;
    double too_much = options.most + options.step;
    double rate = options.begin;
    while (rate <= options.most && too_much - best > options.step / 2) {
        load_plan const plan{
            .rate = rate, .time = options.time, .orders = true, .keep = options.keep};
        auto const cost = measure_load(stage, plan);
        auto const agents = rate * static_cast<double>(seconds_of_an_agent);
        found.say(formatted("| %7.0f ", agents) + in_words(cost));
        p50.points.emplace_back(agents, cost.result.save_time(0.5));
        p99.points.emplace_back(agents, cost.result.save_time(0.99));
        processor.points.emplace_back(agents, cost.server);
        if (keeps_up(cost, plan)) {
            best = std::max(best, rate);
        } else {
            too_much = std::min(too_much, rate);
        }
        rate = best + options.step < too_much ? best + options.step : (best + too_much) / 2;
    }
    found.say(formatted("\n**%.0f agents a minute** (%.0f cycles a second) with p99 of save_output "
                        "below %.0f ms.",
                        best * static_cast<double>(seconds_of_an_agent), best, longest_save));
    for (auto* const one : {&p50, &p99, &processor}) {
        std::ranges::sort(one->points);
    }
    found.plots.push_back({.file = "save_output.svg",
                           .title = "Answer to a report",
                           .unit = "ms",
                           .across = "agents a minute",
                           .bars = {},
                           .lines = {p50, p99}});
    found.plots.push_back({.file = "server_cpu.svg",
                           .title = "Processor time of the server for a cycle",
                           .unit = "ms",
                           .across = "agents a minute",
                           .bars = {},
                           .lines = {processor}});
    stage.target->stop();
    return best > 0;
}

bool serve_for_others(load_options const& options, std::filesystem::path const& directory,
                      load_findings& found) {
    load_stage stage(options, directory,
                     static_cast<std::size_t>(options.most) * seconds_of_an_agent);
    // For wrk (reports.lua): a report of each variant, of machine 0, to be cut and put together
    // anew.
    for (std::size_t i = 0; i < stage.texts.variants(); ++i) {
        std::ofstream(directory / ("report" + std::to_string(i))) << stage.texts.report(0, i, i);
    }
    std::ofstream(directory / "order") << stage.texts.order(0);
    std::ofstream machines(directory / "machines");
    for (std::size_t i = 0; i < 20'000; ++i) {
        machines << load_id(i) << ' ' << load_key(i) << '\n';
    }
    machines.close();
    auto const begun = stage.target->server_time();
    found.say("https://127.0.0.1:" + std::to_string(stage.target->endpoints().front().port()) +
              ", process " + std::to_string(stage.target->serving(0).pid()) + ", files in " +
              directory.string() + "; Ctrl-C ends it");
    try {
        while (true) {
            pass(std::chrono::seconds(1));
        }
    } catch (interrupted const&) {
        found.say(formatted("CPU of the server: %.1f s",
                            milliseconds(stage.target->server_time() - begun) / 1000));
    }
    return true;
}

} // namespace trafikito::test::bench
