#pragma once
// How the commands of a report ended, from what the agent sent as `results`. Printing uses it. The
// text is an agent's word: what is not of the known form says nothing, and nothing of it reaches a
// terminal unescaped.

#include <boost/json/array.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

/// The objects of the array, or nothing when the text is none (an agent that sent no results).
std::optional<boost::json::array> parse_results(std::string_view text);

/// What the agent says of one that ran. Numbers are not negative, and at most what a double counts
/// to.
struct command_run {
    std::optional<std::int64_t> exit_code;
    std::optional<std::int64_t> signal;
    std::optional<std::int64_t> duration_ms;
    std::optional<std::int64_t> cpu_ms;
    std::optional<std::int64_t> peak_memory; ///< bytes, or at most that
    std::optional<std::int64_t> bytes_seen;
    bool timed_out = false;
    std::int64_t leftovers = 0;   ///< processes that it left behind
    std::int64_t age_seconds = 0; ///< of a result that is sent again
};

/// How one ended.
struct ended_command {
    /// One line without newline: why there is no output to trust (not run, failed, killed, timed
    /// out, could not be killed), with the duration. Empty when it went well or nothing is known.
    std::string words;
    /// How lines begin by which the agent says the same at the end of its output.
    std::vector<std::string_view> notes;
    std::optional<command_run> run; ///< nothing: nothing is known of it

    /// The output without these lines: what is said twice is taken for two things.
    [[nodiscard]] std::string_view without_notes(std::string_view output) const;
};

class command_results {
public:
    explicit command_results(std::string_view results);

    /// A name that was asked for twice is looked up once for each section, in their order.
    ended_command next_of(std::string_view command);

private:
    boost::json::array results_;
};

} // namespace trafikito::server::api
