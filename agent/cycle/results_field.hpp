#pragma once
// What became of each command of a cycle, as JSON: the form field `results` (doc/protocol.md, "Ours
// alone") and `status`. An array in the order asked, of objects:
//
//     command        the name
//     exitCode       or signal (its number), or notRun (why, in words), or abandoned: true
//     durationMs     wall time, cpuMs processor time
//     peakMemory     bytes; or peakMemoryAtMost, when it is less than the agent's own
//     bytesSeen      printed, bytesKept sent
//     timedOut       true when the agent stopped it
//     leftoversKilled, unkillable   processes that it left behind; absent when there were none
//     ageSeconds     of a result that is sent again (`every=`)

#include "exec/result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string_view>

namespace trafikito::agent::cycle {

boost::json::object result_to_json(exec::result const& ended);
boost::json::object not_run_to_json(std::string_view name, std::string_view reason);

} // namespace trafikito::agent::cycle
