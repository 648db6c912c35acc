#pragma once
// `trafikito-agent why`: why there is no data. Prints each step of agent/diagnosis as it is done,
// and in the end one sentence: what is wrong and what to do.
//
// --json: one object on one line,
//     steps     in the order in which they were done, each with
//         id        `configuration`, `permissions`, `list`, `check`, `service`, `other agents`,
//                   `lock`, `agent`, `clock`, `stop`, `proxy`, `names`, `connection`, `tls`, `api`,
//                   `network`, `order`, `spool`, `disk`, `last cycles`
//         verdict   `ok`, `note`, `wrong`, `unseen`, `skipped`
//         tookMs    milliseconds
//         text      what was found, one line
//         details   more lines
//     ok        nothing is wrong
//     cause     what is wrong, one sentence; null when ok
//     remedy    what to do, in words; null when there is nothing to do
//     command   of it, what can be typed; null when there is none
//     afterwards  what starts the agent then, to be typed; null where that is all, or not needed

#include "agent/cli/command_line.hpp"
#include "base/output.hpp"

#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// The exit code: 0 nothing is wrong, 1 something is, 2 there is no configuration. `not_enrolled`:
/// of a machine that enrols itself, why it is not yet; else empty.
int print_why(why_request const& what, std::vector<std::string> const& environment,
              std::string const& not_enrolled, base::console& to);

} // namespace trafikito::agent::cli
