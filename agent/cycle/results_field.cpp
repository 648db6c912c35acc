#include "agent/cycle/results_field.hpp"

#include "base/units.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <ostream>

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

std::int64_t number(json::object const& from, std::string_view name) {
    auto const* const value = from.if_contains(name);
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

std::string ending_in_words(json::object const& one) {
    if (auto const* reason = one.if_contains("notRun")) {
        return "not run: " + json::value_to<std::string>(*reason);
    }
    std::string words;
    if (one.contains("exitCode")) {
        words = "exit code " + std::to_string(number(one, "exitCode"));
    } else if (one.contains("signal")) {
        words = "signal " + std::to_string(number(one, "signal"));
    } else {
        words = "could not be killed";
    }
    words += " after " + base::in_seconds(std::chrono::milliseconds(number(one, "durationMs"))) +
             ", " +
             base::in_bytes(
                 static_cast<std::uint64_t>(std::max<std::int64_t>(0, number(one, "bytesSeen"))));
    if (auto const* stopped = one.if_contains("timedOut"); stopped != nullptr && *stopped == true) {
        words += ", stopped by the agent";
    }
    if (auto const killed = number(one, "leftoversKilled"); killed != 0) {
        words += ", " + std::to_string(killed) + " left behind and killed";
    }
    if (auto const left = number(one, "unkillable"); left != 0) {
        words += ", " + std::to_string(left) + " left behind and still there";
    }
    if (one.contains("ageSeconds")) {
        words += ", " + std::to_string(number(one, "ageSeconds")) + " s ago";
    }
    return words;
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

void print_results(std::ostream& out, std::string_view results) {
    boost::system::error_code broken;
    auto const document = json::parse({results.data(), results.size()}, broken);
    auto const* const all = broken ? nullptr : document.if_array();
    if (all == nullptr) {
        return;
    }
    for (auto const& one : *all) {
        auto const* const object = one.if_object();
        auto const* const name = object != nullptr ? object->if_contains("command") : nullptr;
        if (name != nullptr && name->is_string()) {
            out << "  " << name->as_string().c_str() << ": " << ending_in_words(*object) << '\n';
        }
    }
}

} // namespace trafikito::agent::cycle
