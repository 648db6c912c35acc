#pragma once
// What the counters of a machine stood at in its last few reports, so that the next one says by how
// much they grew in a second. Whoever takes values keeps one for each machine, in memory alone:
// after a restart the first report has no rates.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace trafikito::server::values {

class counters {
public:
    /// Longer ago, a counter says nothing of now.
    static constexpr std::int64_t longest_gap = 10L * 60 * 1000;

    /// Those of a report with the data of `at` (milliseconds) come now. Several in any order: a
    /// late one is compared with the one before it.
    void begin(std::int64_t at);

    /// By how much it grew in a second since the report before; nothing when there was none, or it
    /// went back. `key` tells the counters of a machine apart.
    std::optional<double> rate(std::uint64_t key, double value);

private:
    struct counter {
        std::uint64_t key;
        double value;
    };
    struct snapshot {
        std::int64_t at = 0;
        std::vector<counter> all;
    };
    // The last two, and as many of what comes late meanwhile.
    static constexpr std::size_t kept = 4;

    std::array<snapshot, kept> snapshots_;
    std::size_t now_ = 0;
    snapshot const* before_ = nullptr;
    std::size_t expected_ = 0; ///< where the next one stands there: the order is the same mostly
};

} // namespace trafikito::server::values
