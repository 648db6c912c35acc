#pragma once
// What became of one command of an order, as numbers: for what is told of many cycles together.
// Plain data; in words it stands in the log and in `results` (results_field.hpp).

#include <chrono>
#include <cstdint>
#include <string>

namespace trafikito::agent::cycle {

struct command_outcome {
    enum class ending : std::uint8_t {
        exited,    ///< `code` is the exit code
        signalled, ///< `code` is the signal
        abandoned, ///< it could not be killed
        not_run,   ///< it had no turn, or could not be started
        refused,   ///< not in the list, or nothing of it may run
        repeated   ///< its last result was sent once more (`every=`)
    };

    std::string name; ///< as the order has it: it may be none of a command
    ending end = ending::refused;
    int code = 0;
    std::chrono::milliseconds took{0};
    bool timed_out = false; ///< the agent stopped it
    bool cut = false;       ///< not all that it printed was kept
};

} // namespace trafikito::agent::cycle
