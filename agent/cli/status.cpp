#include "agent/cli/status.hpp"

#include "agent/cycle/results_field.hpp"
#include "agent/persistence/record_file.hpp"
#include "agent/persistence/status.hpp"
#include "agent/persistence/stop_file.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "base/units.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <ostream>

namespace trafikito::agent::cli {

namespace {

constexpr std::size_t max_size = 16UL * 1024 * 1024;
constexpr int not_running = 3;
constexpr int well_within = 3; ///< intervals

struct look {
    std::string text;                                ///< of the file
    std::optional<persistence::daemon_status> value; ///< of an agent that runs
    std::string problem;                             ///< why there is none
};

look look_at(std::filesystem::path const& var_dir) {
    auto const path = persistence::status_file_in(var_dir);
    auto const file = persistence::read_recorded(path, max_size);
    if (!file.content) {
        return {{},
                {},
                file.missing ? "no agent has run with var_dir " + var_dir.string()
                             : path.string() + " " + file.problem};
    }
    auto value = persistence::parse_status(*file.content);
    if (!value) {
        return {{}, {}, path.string() + " is damaged or of another version of the agent"};
    }
    if (!persistence::is_running(*value)) {
        return {*file.content,
                {},
                "the agent is gone (it was process " + std::to_string(value->pid) +
                    "; its last cycle: " + value->last_cycle + ")"};
    }
    return {*file.content, std::move(value), {}};
}

std::string ago(std::optional<base::timestamp> const& when, base::timestamp const& now) {
    return when ? base::in_seconds(
                      std::chrono::duration_cast<std::chrono::seconds>(when->age(now))) +
                      " ago"
                : "never";
}

void print_text(persistence::daemon_status const& value, std::optional<std::string> const& stopped,
                std::ostream& out) {
    auto const now = base::timestamp::now();
    out << "running: trafikito-agent " << value.version << ", process " << value.pid
        << ", as server " << value.server_id << ", started " << ago(value.started, now) << '\n';
    if (stopped) {
        out << "stopped by the API: " << *stopped << '\n';
    }
    if (value.cycle_began) {
        out << "a cycle runs, begun " << ago(value.cycle_began, now) << '\n';
    }
    out << "last cycle:  "
        << (value.cycle_ended ? ago(value.cycle_ended, now) + ": " + value.last_cycle
                              : "none has ended yet")
        << '\n'
        << "last report: "
        << (value.accepted ? "accepted " + ago(value.accepted, now) : "none was accepted yet")
        << '\n'
        << "since start: " << base::count_of(value.cycles, "cycle") << " every "
        << base::in_seconds(value.interval) << ", "
        << base::count_of(value.reports_accepted, "report") << " accepted\n";
    if (value.reports_waiting != 0) {
        out << "waiting:     " << base::count_of(value.reports_waiting, "report") << ", "
            << base::in_bytes(value.bytes_waiting) << ", the oldest from "
            << ago(value.waiting_since, now) << '\n';
    }
    for (auto const& problem : value.problems) {
        out << "problem:     " << problem << '\n';
    }
    cycle::print_results(out, value.results);
}

// The file as it stands, with what only an outsider can tell.
void print_json(look const& seen, std::optional<std::string> const& stopped, std::ostream& out) {
    boost::json::object object;
    if (!seen.text.empty()) {
        object = boost::json::parse(seen.text).as_object();
    }
    object["running"] = seen.value.has_value();
    if (!seen.problem.empty()) {
        object["problem"] = seen.problem;
    }
    if (stopped) {
        object["stopped"] = *stopped;
    }
    out << base::for_json(boost::json::serialize(object)) << '\n';
}

std::string ill_health(look const& seen, std::optional<std::string> const& stopped) {
    if (!seen.value) {
        return seen.problem;
    }
    if (stopped) {
        return "stopped by the API: " + *stopped;
    }
    auto const& value = *seen.value;
    if (!value.nothing_ran.empty()) {
        return "nothing ran: " + value.nothing_ran;
    }
    auto const now = base::timestamp::now();
    if (value.accepted && value.accepted->age(now) <= well_within * value.interval) {
        return {};
    }
    if (!value.accepted && !value.cycle_ended) {
        return "no cycle has ended yet; the agent started " + ago(value.started, now);
    }
    return "no report was accepted within " + std::to_string(well_within) +
           " intervals (last: " + ago(value.accepted, now) + "); " + value.last_cycle;
}

} // namespace

int print_status(std::filesystem::path const& var_dir, bool as_json, std::ostream& out) {
    auto const seen = look_at(var_dir);
    auto const stopped = persistence::stop_reason(var_dir);
    if (as_json) {
        print_json(seen, stopped, out);
    } else if (seen.value) {
        print_text(*seen.value, stopped, out);
    } else {
        out << "not running: " << seen.problem << '\n';
    }
    return seen.value ? 0 : not_running;
}

int print_status_without(std::string const& reason, bool as_json, std::ostream& out) {
    if (as_json) {
        print_json({{}, {}, reason}, {}, out);
    } else {
        out << "not running: " << reason << '\n';
    }
    return not_running;
}

int print_health_without(std::string const& reason, std::ostream& out) {
    out << "unhealthy: " << reason << '\n';
    return 1;
}

int print_health(std::filesystem::path const& var_dir, std::ostream& out) {
    auto const problem = ill_health(look_at(var_dir), persistence::stop_reason(var_dir));
    out << (problem.empty() ? "healthy" : "unhealthy: " + problem) << '\n';
    return problem.empty() ? 0 : 1;
}

} // namespace trafikito::agent::cli
