#include "agent/cycle/results_field.hpp"

namespace trafikito::agent::cycle {

namespace json = boost::json;
using ending = exec::result::ending;

namespace {

void add_ending(json::object& to, exec::result const& ended) {
    switch (ended.end) {
    case ending::exited:
        to["exitCode"] = ended.code;
        break;
    case ending::signalled:
        to["signal"] = ended.code;
        break;
    case ending::not_started:
        to["notRun"] = ended.reason;
        break;
    case ending::abandoned:
        to["abandoned"] = true;
        break;
    }
}

} // namespace

json::object result_to_json(exec::result const& ended) {
    json::object object{{"command", ended.name}};
    add_ending(object, ended);
    if (ended.end == ending::not_started) {
        return object;
    }
    object["durationMs"] = ended.wall.count();
    object["cpuMs"] = ended.cpu.count();
    object[ended.peak_memory_is_bound ? "peakMemoryAtMost" : "peakMemory"] = ended.peak_memory;
    object["bytesSeen"] = ended.output.bytes_seen();
    object["bytesKept"] = ended.output.bytes_kept();
    object["timedOut"] = ended.stopped;
    if (ended.leftovers_killed != 0) {
        object["leftoversKilled"] = ended.leftovers_killed;
    }
    if (ended.unkillable != 0) {
        object["unkillable"] = ended.unkillable;
    }
    return object;
}

json::object not_run_to_json(std::string_view name, std::string_view reason) {
    return {{"command", name}, {"notRun", reason}};
}

} // namespace trafikito::agent::cycle
