#include "agent/cli/status.hpp"

#include "agent/cli/exit_code.hpp"
#include "agent/cli/status_text.hpp"
#include "agent/persistence/living_agent.hpp"
#include "agent/persistence/record_file.hpp"
#include "agent/persistence/stop_file.hpp"
#include "base/printable.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <ostream>

namespace trafikito::agent::cli {

namespace {

constexpr int well_within = 3; ///< intervals

struct look {
    std::optional<persistence::daemon_status> value; ///< of any agent that ran here
    bool runs = false;                               ///< a daemon, now
    std::string from_here;                           ///< how it is seen, where its own number is
                                                     ///< another container's
    std::string problem;                             ///< why it does not
};

/// Of one that does not run.
std::string why_gone(persistence::daemon_status const& value, bool lives,
                     base::timestamp const& now) {
    auto const last = value.cycle_ended ? "; the last cycle: " + last_cycle_in_words(value, now)
                                        : "; no cycle has ended";
    if (value.once && lives) {
        return "process " + std::to_string(value.pid) + " does one cycle alone (--once)" + last;
    }
    if (value.once) {
        return "there is no daemon" + last;
    }
    if (value.ended) {
        return "the agent was stopped " + ago(value.ended, now) + ", by " + value.ended_by + last;
    }
    auto const heard = value.cycle_began.value_or(value.started);
    return "the agent is gone and did not say why: it was killed, or the machine went down (it was "
           "process " +
           std::to_string(value.pid) + ", begun " + ago(value.started, now) +
           (value.cycle_began ? "; a cycle ran, begun " + ago(heard, now) : "") + ")" + last;
}

look look_at(std::filesystem::path const& var_dir, base::timestamp const& now) {
    auto const path = persistence::status_file_in(var_dir);
    auto const file = persistence::read_recorded(path, persistence::max_status);
    if (!file.content) {
        return {{},
                false,
                {},
                file.missing ? "no agent has run with var_dir " + var_dir.string()
                             : path.string() + " " + file.problem};
    }
    auto value = persistence::parse_status(*file.content);
    if (!value) {
        return {{}, false, {}, path.string() + " is damaged or of another version of the agent"};
    }
    auto const living = persistence::find_living(*value, var_dir);
    look seen{.value = {}, .runs = living && !value->once, .from_here = {}, .problem = {}};
    if (!seen.runs) {
        seen.problem = why_gone(*value, living.has_value(), now);
    } else if (living->pid != value->pid) {
        seen.from_here = living->pid == 0
                             ? "out of sight: it has the lock, in another container perhaps"
                             : "process " + std::to_string(living->pid) +
                                   "; in its container it is " + std::to_string(value->pid);
    }
    seen.value = std::move(value);
    return seen;
}

// The file as it stands, with what only an outsider can tell.
std::string as_json(look const& seen, std::optional<std::string> const& stopped,
                    base::timestamp const& now) {
    boost::json::object object;
    if (seen.value) {
        object = boost::json::parse(persistence::format_status(*seen.value)).as_object();
    }
    object["running"] = seen.runs;
    if (!seen.problem.empty()) {
        object["problem"] = seen.problem;
    }
    if (stopped) {
        object["stopped"] = *stopped;
    }
    if (seen.runs && seen.value->next_cycle) {
        object["nextCycleInMs"] = left_until(*seen.value->next_cycle, now).count();
    }
    return base::for_json(boost::json::serialize(object));
}

/// Behind `its first cycle`.
std::string next_in_words(persistence::daemon_status const& value, base::timestamp const& now) {
    if (!value.next_cycle) {
        return value.cycle_began ? "runs, begun " + ago(value.cycle_began, now)
                                 : "is due at a time that is not known";
    }
    auto const due = due_in_words(*value.next_cycle, now);
    return due.starts_with("overdue") ? "is " + due : "is due " + due;
}

std::string ill_health(look const& seen, std::optional<std::string> const& stopped,
                       base::timestamp const& now) {
    if (!seen.runs) {
        return seen.problem;
    }
    if (stopped) {
        return "stopped by the API: " + *stopped;
    }
    auto const& value = *seen.value;
    if (!value.nothing_ran.empty()) {
        return "nothing ran: " + value.nothing_ran;
    }
    if (value.accepted && value.accepted->age(now) <= well_within * value.interval) {
        return {};
    }
    if (!value.accepted && value.cycles == 0) {
        return "no report was accepted yet; the agent started " + ago(value.started, now) +
               ", and its first cycle " + next_in_words(value, now);
    }
    return "no report was accepted within " + std::to_string(well_within) +
           " intervals (last: " + ago(value.accepted, now) + "); " +
           (value.cycles == 0 ? "the first cycle after the start " + next_in_words(value, now)
                              : value.last_cycle);
}

/// The commands of the last order, where none of them is in the list. That is healthy
/// (doc/design.md, "What happens when"): no restart makes a list longer; yet no data comes of it.
std::string none_offered(persistence::daemon_status const& value) {
    std::string names;
    boost::system::error_code malformed;
    auto const results = boost::json::parse(value.results, malformed);
    auto const* const all = results.if_array();
    if (malformed || all == nullptr) {
        return {};
    }
    for (auto const& one : *all) {
        auto const* const object = one.if_object();
        auto const* const name = object == nullptr ? nullptr : object->if_contains("command");
        if (name == nullptr || !name->is_string() || !object->contains("notRun")) {
            return {};
        }
        names += names.empty() ? "" : ", ";
        names += std::string_view(name->get_string());
    }
    return names.empty() ? names : base::for_line(names, 200);
}

std::vector<std::string> lines_of(look const& seen, std::optional<std::string> const& stopped,
                                  base::timestamp const& now) {
    if (seen.runs) {
        auto lines = status_lines(*seen.value, stopped, now);
        if (!seen.from_here.empty()) {
            lines.insert(lines.begin() + 1, "seen from here: " + seen.from_here);
        }
        return lines;
    }
    std::vector<std::string> lines{"not running: " + seen.problem};
    if (stopped) {
        lines.push_back("stopped by the API: " + *stopped);
    }
    return lines;
}

} // namespace

int print_status(std::filesystem::path const& var_dir, bool json, std::ostream& out) {
    auto const now = base::timestamp::now();
    auto const seen = look_at(var_dir, now);
    auto const stopped = persistence::stop_reason(var_dir);
    if (json) {
        out << as_json(seen, stopped, now) << '\n';
    } else {
        for (auto const& line : lines_of(seen, stopped, now)) {
            out << line << '\n';
        }
    }
    return seen.runs ? 0 : not_running;
}

std::vector<std::string> status_page(std::filesystem::path const& var_dir) {
    auto const now = base::timestamp::now();
    return lines_of(look_at(var_dir, now), persistence::stop_reason(var_dir), now);
}

int print_status_without(std::string const& reason, bool json, std::ostream& out) {
    if (json) {
        out << as_json({{}, false, {}, reason}, {}, base::timestamp::now()) << '\n';
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
    auto const now = base::timestamp::now();
    auto const seen = look_at(var_dir, now);
    auto const problem = ill_health(seen, persistence::stop_reason(var_dir), now);
    auto const none = problem.empty() ? none_offered(*seen.value) : std::string();
    out << (!problem.empty() ? "unhealthy: " + problem
            : none.empty()   ? std::string("healthy")
                             : "healthy, but none of the commands that the API asks for was run: " +
                                 none + " (`trafikito-agent why` says more)")
        << '\n';
    return problem.empty() ? 0 : 1;
}

} // namespace trafikito::agent::cli
