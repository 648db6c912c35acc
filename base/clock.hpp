#pragma once
// Time, handed in: what is due follows the steady clock, the wall clock only names moments in files
// and on the wire. A test hands in one that it moves itself.

#include "base/timestamp.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace trafikito::base {

class clock {
public:
    using steady_time = std::chrono::steady_clock::time_point;

    virtual ~clock() = default;

    [[nodiscard]] virtual steady_time steady_now() const = 0;

    /// For files and the wire: what the wall clock and the time since boot say now.
    [[nodiscard]] virtual timestamp stamp() const = 0;

    /// Completes at `when`, at once if that is past. Throws operation_aborted when cancelled.
    virtual boost::asio::awaitable<void> sleep_until(steady_time when) = 0;
};

/// The machine's own, on steady_timer.
std::unique_ptr<clock> make_system_clock();

} // namespace trafikito::base
