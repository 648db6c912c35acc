#pragma once
// What each command did since the agent started: counts, its last run, and how long it usually
// takes. Fed with the outcomes of each cycle by supervision; told by `status` and by metrics_file.

#include "agent/cycle/command_outcome.hpp"
#include "agent/persistence/status.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace trafikito::agent::daemon {

/// Of so many commands something is known; as many as one order can name. Beyond them those are
/// forgotten that were not ordered for the longest time.
inline constexpr std::size_t most_commands = 4096;

class command_history {
public:
    /// Keeps `records`, which is empty and outlives this, sorted by name. Nobody else changes it.
    explicit command_history(std::vector<persistence::command_record>& records)
        : records_(records) {}

    /// Of one cycle; `up`: now, since boot. A name that was refused and never ran is none of a
    /// command: an API may name what it likes.
    void note(std::vector<cycle::command_outcome> const& all, std::chrono::milliseconds up);

private:
    static constexpr std::size_t remembered = 15; ///< runs, for the median

    struct recent {
        std::array<std::uint32_t, remembered> took{}; ///< milliseconds
        std::size_t count = 0;
        std::uint64_t ordered = 0; ///< in which cycle last
    };

    /// Where it is, after one was made unless it is there; records_.size() where there is no room.
    std::size_t place_of(std::string const& name, bool make);
    bool make_room();
    void add_run(std::size_t at, cycle::command_outcome const& one, std::chrono::milliseconds up);

    std::vector<persistence::command_record>& records_;
    std::vector<recent> recent_; ///< one for each of records_
    std::uint64_t cycle_ = 0;
};

} // namespace trafikito::agent::daemon
