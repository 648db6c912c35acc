#pragma once
// The time by which what is stored grows old. A wall clock that is wrong for a moment, or at every
// boot until the network sets it, shall not delete anything: what it says is believed when it goes
// on from what was believed before, or has stood for a day, and then nothing is older for that. The
// store asks it; it is told the time.

#include "base/wall_clock.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace trafikito::server::store {

/// Since boot, suspend included, and never set.
using boot_time = std::chrono::milliseconds;

class retention_clock {
public:
    /// Further from what is expected than this, the wall clock was set, or the machine was off.
    static constexpr std::chrono::hours believable{1};
    /// It is believed when it has gone on for so long without being set again, while the server
    /// ran.
    static constexpr std::chrono::hours trial{24};

    /// What outlives the process.
    struct memory {
        base::wall_time believed;
        /// How far the clock was set forward (or the server was off) in jumps that were believed in
        /// the end: what grows old knows nothing of them.
        std::chrono::milliseconds jumped{0};
        std::optional<base::wall_time> doubted;   ///< what the doubted clock said last
        std::chrono::milliseconds doubted_for{0}; ///< that it had stood by then

        friend bool operator==(memory const&, memory const&) = default;
    };

    /// Nothing remembered: the wall clock is all that is known.
    retention_clock(std::optional<memory> before, base::wall_time wall, boot_time up);

    struct reading {
        /// What is stored now is stored as of then, and its age counts from there: the believed
        /// time without its jumps.
        base::wall_time now;
        /// For a day nothing was doubted: what is stored as of later than now has its time from a
        /// clock that was ahead before there was this one. Once a day.
        bool settled = false;
        /// The wall clock began to be not believed, or is believed again: a line for the log.
        std::optional<std::string> news;
    };
    reading read(base::wall_time wall, boot_time up);

    /// An administrator says that the wall clock is right: what is stored grows old by it from now
    /// on, and is as old as it says.
    reading believe(base::wall_time wall, boot_time up);

    /// The wall clock is not believed.
    [[nodiscard]] bool doubts() const { return doubted_.has_value(); }
    [[nodiscard]] base::wall_time believed() const { return believed_; }

    [[nodiscard]] memory remembered() const;

private:
    struct doubt {
        base::wall_time wall; ///< what the doubted clock said when it was seen to be set last
        boot_time up;         ///< the same moment
        std::chrono::milliseconds stood_before{0};
    };
    [[nodiscard]] std::chrono::milliseconds stood() const;
    /// The doubt that begins now, or goes on from before the process began.
    [[nodiscard]] doubt begin_doubt(std::optional<memory> const& before,
                                    base::wall_time wall) const;
    reading doubt_it(std::optional<memory> const& before, base::wall_time wall);
    reading agree(base::wall_time wall);
    reading believe_after_all(base::wall_time wall);
    [[nodiscard]] reading as_of_now() const { return {believed_ - jumped_, false, {}}; }

    base::wall_time believed_;
    std::chrono::milliseconds jumped_;
    boot_time at_;           ///< when that was
    boot_time agreed_since_; ///< where nothing is doubted; anew each day
    std::optional<doubt> doubted_;
    std::optional<memory> before_; ///< until the first reading
};

/// CLOCK_BOOTTIME.
boot_time time_since_boot();

} // namespace trafikito::server::store
