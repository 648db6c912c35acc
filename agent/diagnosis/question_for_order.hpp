#pragma once
// The question for an order, as --once would ask it: under the instance lock, by the once-a-minute
// rule, and noted in the state. What the order names is not run, and no report is sent.

#include "agent/diagnosis/known.hpp"
#include "agent/diagnosis/ways.hpp"

#include <string>

namespace trafikito::agent::diagnosis {

/// Empty where `why` may ask; else why not, in words.
std::string why_not_to_ask(known const& so_far);

/// Asks, 12 s at most. What came is in `so_far.order`.
step ask_for_order(known& so_far, ways const& on);

} // namespace trafikito::agent::diagnosis
