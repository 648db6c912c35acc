#pragma once
// What became of the commands of the last cycle, as the agent itself tells (the status's results):
// reports may arrive and hold nothing but failures.

#include "agent/diagnosis/known.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::diagnosis {

struct command_end {
    enum class kind : std::uint8_t { well, failed, stopped, not_run };

    std::string name;
    kind is = kind::well;
    std::string words; ///< `exit code 127: …`
};

/// Of a JSON array as in the form field `results`; what is none holds no command.
std::vector<command_end> parse_ends(std::string_view results);

/// Adds what is wrong with them to the step about the last cycles.
void look_at_outcomes(known const& so_far, step& result);

} // namespace trafikito::agent::diagnosis
