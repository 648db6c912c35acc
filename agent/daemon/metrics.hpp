#pragma once
// What metrics_file says: text of OpenMetrics 1.0 that the text format of Prometheus 0.0.4 reads,
// too, as node_exporter's textfile collector does. Counts cycles of this process; the rest it takes
// from the status. Writes nothing.

#include "agent/cycle/cycle_outcome.hpp"
#include "agent/persistence/status.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace trafikito::agent::daemon {

/// So many commands have series of their own: the first by name. The others are counted.
inline constexpr std::size_t most_series = 200;

/// What this process has used up so far.
struct own_use {
    std::chrono::microseconds processor{0}; ///< user and system
    std::uint64_t resident = 0;             ///< bytes, now

    static own_use now();
};

class metrics {
public:
    /// What the text begins with.
    static constexpr std::string_view mark = "# TYPE trafikito_build_info gauge\n";

    metrics();

    void note(cycle::cycle_outcome const& outcome);

    [[nodiscard]] std::string text(persistence::daemon_status const& status,
                                   own_use const& used) const;

private:
    std::array<std::uint64_t, 5> cycles_{};             ///< by cycle_outcome::kind
    std::array<std::uint64_t, 7> commands_{};           ///< by what became of them
    std::map<std::string, std::uint64_t> failed_steps_; ///< names of steps are few
    std::chrono::milliseconds in_cycles_{0};            ///< together
    std::uint64_t ended_ = 0;
};

} // namespace trafikito::agent::daemon
