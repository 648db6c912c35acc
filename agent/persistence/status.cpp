#include "agent/persistence/status.hpp"

#include "exec/process_info.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <cerrno>
#include <csignal>
#include <exception>

namespace trafikito::agent::persistence {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

constexpr std::int64_t version = 2;

} // namespace

std::filesystem::path status_file_in(std::filesystem::path const& var_dir) {
    return var_dir / "trafikito.status";
}

std::string format_status(daemon_status const& value) {
    json::object const object{{"version", version},
                              {"pid", value.pid},
                              {"startTicks", value.start_ticks},
                              {"agentVersion", value.version},
                              {"serverId", value.server_id},
                              {"intervalMs", value.interval.count()},
                              {"started", base::to_json(std::optional(value.started))},
                              {"cycleBegan", base::to_json(value.cycle_began)},
                              {"cycleEnded", base::to_json(value.cycle_ended)},
                              {"lastCycle", value.last_cycle},
                              {"reportAccepted", base::to_json(value.accepted)},
                              {"cycles", value.cycles},
                              {"reportsAccepted", value.reports_accepted},
                              {"reportsWaiting", value.reports_waiting},
                              {"bytesWaiting", value.bytes_waiting},
                              {"waitingSince", base::to_json(value.waiting_since)},
                              {"nothingRan", value.nothing_ran},
                              {"problems", json::value_from(value.problems)}};
    auto text = json::serialize(object);
    text.pop_back(); // of all that is in there the results are the most by far, and JSON already
    text += R"(,"results":)";
    text += value.results;
    text += "}\n";
    return text;
}

std::optional<daemon_status> parse_status(std::string_view text) try {
    auto const document = json::parse({text.data(), text.size()});
    auto const& object = document.as_object();
    if (object.at("version").as_int64() != version) {
        return std::nullopt;
    }
    daemon_status value;
    value.pid = object.at("pid").as_int64();
    value.start_ticks = json::value_to<std::uint64_t>(object.at("startTicks"));
    value.version = json::value_to<std::string>(object.at("agentVersion"));
    value.server_id = json::value_to<std::string>(object.at("serverId"));
    value.interval = milliseconds(object.at("intervalMs").as_int64());
    value.started = base::timestamp_from(object.at("started"));
    value.cycle_began = base::optional_timestamp_from(object.at("cycleBegan"));
    value.cycle_ended = base::optional_timestamp_from(object.at("cycleEnded"));
    value.last_cycle = json::value_to<std::string>(object.at("lastCycle"));
    value.accepted = base::optional_timestamp_from(object.at("reportAccepted"));
    value.cycles = json::value_to<std::uint64_t>(object.at("cycles"));
    value.reports_accepted = json::value_to<std::uint64_t>(object.at("reportsAccepted"));
    value.reports_waiting = json::value_to<std::uint64_t>(object.at("reportsWaiting"));
    value.bytes_waiting = json::value_to<std::uint64_t>(object.at("bytesWaiting"));
    value.waiting_since = base::optional_timestamp_from(object.at("waitingSince"));
    if (auto const* why = object.if_contains("nothingRan")) { // an older agent writes none
        value.nothing_ran = json::value_to<std::string>(*why);
    }
    value.problems = json::value_to<std::vector<std::string>>(object.at("problems"));
    value.results = json::serialize(object.at("results"));
    return value;
} catch (std::exception const&) {
    return std::nullopt; // not JSON, or not what we write
}

std::optional<std::uint64_t> start_ticks_of(std::int64_t pid) {
    auto const seen = exec::look_at(static_cast<pid_t>(pid));
    return seen && !seen->hidden ? std::optional(seen->started) : std::nullopt;
}

bool is_running(daemon_status const& value) {
    if (value.pid <= 0 || (::kill(static_cast<pid_t>(value.pid), 0) != 0 && errno != EPERM)) {
        return false;
    }
    auto const seen = exec::look_at(static_cast<pid_t>(value.pid));
    if (!seen || seen->hidden) { // hidepid: it cannot be read, yet it is there
        return true;
    }
    return seen->started == value.start_ticks && !seen->ended();
}

} // namespace trafikito::agent::persistence
