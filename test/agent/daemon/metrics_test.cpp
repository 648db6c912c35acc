#include "agent/daemon/metrics.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace trafikito;
using agent::cycle::command_outcome;
using agent::cycle::cycle_outcome;
using std::chrono::milliseconds;

namespace {

struct family {
    std::string type;
    std::string unit;
    std::string help;
    std::map<std::string, double> samples; ///< by name and labels, as they stand there
};

/// Reads what both formats allow, and takes nothing else: the rules of OpenMetrics 1.0, and of the
/// text format of Prometheus the types that it knows.
class strict_reader {
public:
    explicit strict_reader(std::string const& text) {
        BOOST_REQUIRE(text.ends_with("\n# EOF\n"));
        std::istringstream lines(text.substr(0, text.size() - 6));
        for (std::string line; std::getline(lines, line);) {
            line.starts_with("# ") ? describe(line) : sample(line);
        }
        for (auto const& [name, one] : families) {
            BOOST_TEST(!one.help.empty(), name);
            BOOST_TEST((one.unit.empty() || name.ends_with("_" + one.unit)), name);
        }
    }

    std::map<std::string, family> families;

private:
    void describe(std::string const& line) {
        static std::regex const form("# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
        std::smatch parts;
        BOOST_REQUIRE_MESSAGE(std::regex_match(line, parts, form), line);
        auto const name = parts[2].str();
        if (parts[1] == "TYPE") {
            BOOST_TEST(families.count(name) == 0U, line);
            BOOST_TEST(std::set<std::string>({"counter", "gauge", "summary"}).count(parts[3]) ==
                       1U);
            BOOST_TEST(!name.ends_with("_total"), line);
            families[name].type = parts[3];
            now_ = name;
        }
        BOOST_TEST(name == now_, line); // families do not mix
        auto& one = families.at(name);
        BOOST_TEST(one.samples.empty(), line);
        (parts[1] == "UNIT" ? one.unit : parts[1] == "HELP" ? one.help : one.type) = parts[3];
    }

    void sample(std::string const& line) {
        static std::regex const form("([a-zA-Z_:][a-zA-Z0-9_:]*)"
                                     "(\\{[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"\\})? "
                                     "([0-9]+(?:\\.[0-9]+)?)");
        std::smatch parts;
        BOOST_REQUIRE_MESSAGE(std::regex_match(line, parts, form), line);
        auto& one = families.at(now_);
        auto const suffix = parts[1].str().substr(std::min(now_.size(), parts[1].str().size()));
        BOOST_TEST(parts[1].str().starts_with(now_), line);
        BOOST_TEST((one.type == "counter"   ? suffix == "_total"
                    : one.type == "summary" ? suffix == "_sum" || suffix == "_count"
                                            : suffix.empty()),
                   line);
        BOOST_TEST(one.samples.emplace(parts[1].str() + parts[2].str(), std::stod(parts[3])).second,
                   line);
    }

    std::string now_;
};

struct metrics_fixture {
    [[nodiscard]] std::map<std::string, family> read() const {
        return strict_reader(metrics.text(status, used)).families;
    }
    [[nodiscard]] double value(std::string const& name, std::string const& sample) const {
        auto const all = read();
        BOOST_REQUIRE_MESSAGE(all.contains(name), name);
        BOOST_REQUIRE_MESSAGE(all.at(name).samples.contains(sample), sample);
        return all.at(name).samples.at(sample);
    }

    agent::daemon::metrics metrics;
    agent::persistence::daemon_status status;
    agent::daemon::own_use used{std::chrono::microseconds(1'500'000), 7'000'000};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics, metrics_fixture)

BOOST_AUTO_TEST_CASE(before_the_first_cycle_every_series_is_there_and_is_nothing) {
    status.version = "0.1.0";
    BOOST_TEST(metrics.text(status, used).starts_with(agent::daemon::metrics::mark));
    BOOST_TEST(value("trafikito_build_info", R"(trafikito_build_info{version="0.1.0"})") == 1);
    BOOST_TEST(value("trafikito_cycles", R"(trafikito_cycles_total{end="accepted"})") == 0);
    BOOST_TEST(value("trafikito_request_failures",
                     R"(trafikito_request_failures_total{step="resolve"})") == 0);
    BOOST_TEST(value("trafikito_process_cpu_seconds", "trafikito_process_cpu_seconds_total") ==
               1.5);
    BOOST_TEST(value("trafikito_process_resident_memory_bytes",
                     "trafikito_process_resident_memory_bytes") == 7e6);
    BOOST_TEST(read().at("trafikito_command_runs").samples.empty());
}

BOOST_AUTO_TEST_CASE(cycles_failures_and_commands_are_counted) {
    cycle_outcome outcome;
    outcome.end = cycle_outcome::kind::accepted;
    outcome.took = milliseconds(1250);
    auto& ran = outcome.commands.emplace_back();
    ran.end = command_outcome::ending::exited;
    auto& failed = outcome.commands.emplace_back();
    failed.end = command_outcome::ending::exited;
    failed.code = 1;
    auto& stopped = outcome.commands.emplace_back();
    stopped.end = command_outcome::ending::signalled;
    stopped.timed_out = true;
    outcome.commands.emplace_back(); // refused
    metrics.note(outcome);
    cycle_outcome vain;
    vain.failed_at = "connect";
    vain.took = milliseconds(250);
    metrics.note(vain);
    BOOST_TEST(value("trafikito_cycles", R"(trafikito_cycles_total{end="accepted"})") == 1);
    BOOST_TEST(value("trafikito_cycles", R"(trafikito_cycles_total{end="failed"})") == 1);
    BOOST_TEST(value("trafikito_cycle_duration_seconds", "trafikito_cycle_duration_seconds_sum") ==
               1.5);
    BOOST_TEST(
        value("trafikito_cycle_duration_seconds", "trafikito_cycle_duration_seconds_count") == 2);
    BOOST_TEST(value("trafikito_request_failures",
                     R"(trafikito_request_failures_total{step="connect"})") == 1);
    for (auto const* end : {"succeeded", "failed", "timed_out", "refused"}) {
        BOOST_TEST(value("trafikito_commands",
                         "trafikito_commands_total{end=\"" + std::string(end) + "\"}") == 1);
    }
}

BOOST_AUTO_TEST_CASE(commands_have_series_of_their_own_as_many_as_are_allowed) {
    for (int number = 0; number < 1000; ++number) {
        auto& one = status.commands.emplace_back();
        one.name = "trafikito_" + std::to_string(number);
        one.end = number == 7 ? "signalled" : "exited";
        one.code = 9;
        one.runs = 3;
        one.last = milliseconds(16);
    }
    auto const all = read();
    BOOST_TEST(all.at("trafikito_command_runs").samples.size() == agent::daemon::most_series);
    BOOST_TEST(value("trafikito_command_series_left_out", "trafikito_command_series_left_out") ==
               1000 - agent::daemon::most_series);
    BOOST_TEST(value("trafikito_command_exit_code",
                     R"(trafikito_command_exit_code{command="trafikito_7"})") == 137);
    BOOST_TEST(value("trafikito_command_duration_seconds",
                     R"(trafikito_command_duration_seconds{command="trafikito_8"})") == 0.016);
}

BOOST_AUTO_TEST_CASE(the_state_of_things_is_told_in_seconds_and_bytes) {
    status.reports_waiting = 3;
    status.bytes_waiting = 4096;
    status.waiting_since = base::timestamp{milliseconds(1'700'000'000'500), milliseconds(0), ""};
    status.accepted = status.waiting_since;
    status.interval = milliseconds(60'000);
    status.problems.resize(2);
    BOOST_TEST(value("trafikito_spool_reports", "trafikito_spool_reports") == 3);
    BOOST_TEST(value("trafikito_spool_bytes", "trafikito_spool_bytes") == 4096);
    BOOST_TEST(value("trafikito_last_accepted_timestamp_seconds",
                     "trafikito_last_accepted_timestamp_seconds") == 1'700'000'000.5);
    BOOST_TEST(value("trafikito_interval_seconds", "trafikito_interval_seconds") == 60);
    BOOST_TEST(value("trafikito_problems", "trafikito_problems") == 2);
}

BOOST_AUTO_TEST_CASE(what_a_label_cannot_hold_is_escaped) {
    status.version = "a\"b\\c\nd";
    BOOST_TEST(value("trafikito_build_info", R"(trafikito_build_info{version="a\"b\\c d"})") == 1);
}

BOOST_AUTO_TEST_CASE(the_manual_names_every_family) {
    status.waiting_since = status.accepted = status.cycle_ended = base::timestamp::now();
    auto const text = test::read_file(TRAFIKITO_MANUAL);
    auto const begin = text.find(".SH METRICS\n");
    BOOST_REQUIRE(begin != std::string::npos);
    auto const told = text.substr(begin, text.find("\n.SH ", begin + 1) - begin);
    for (auto const& [name, one] : read()) {
        auto const shown = name + (one.type == "counter"   ? "_total"
                                   : one.type == "summary" ? "_sum"
                                                           : "");
        BOOST_TEST(told.find(shown) != std::string::npos, shown);
    }
}

BOOST_AUTO_TEST_CASE(this_process_uses_something) {
    auto const now = agent::daemon::own_use::now();
    BOOST_TEST(now.resident > 100'000U);
    BOOST_TEST(now.processor.count() > 0);
}

BOOST_AUTO_TEST_SUITE_END()
