#include "server/store/retention_clock.hpp"

#include "base/time_text.hpp"

#include <ctime>
#include <utility>

namespace trafikito::server::store {

using std::chrono::milliseconds;

namespace {

bool is_near(base::wall_time left, base::wall_time right) {
    auto const apart = left > right ? left - right : right - left;
    return apart <= retention_clock::believable;
}

} // namespace

retention_clock::retention_clock(std::optional<memory> before, base::wall_time wall, boot_time up)
    : believed_(before ? before->believed : wall),
      jumped_(before ? before->jumped : milliseconds(0)), at_(up), agreed_since_(up),
      before_(before) {}

milliseconds retention_clock::stood() const {
    return doubted_ ? doubted_->stood_before + (at_ - doubted_->up) : milliseconds(0);
}

retention_clock::reading retention_clock::read(base::wall_time wall, boot_time up) {
    believed_ += up - at_;
    at_ = up;
    auto const before = std::exchange(before_, std::nullopt);
    return is_near(wall, believed_) ? agree(wall) : doubt_it(before, wall);
}

retention_clock::reading retention_clock::doubt_it(std::optional<memory> const& before,
                                                   base::wall_time wall) {
    bool const begins = !doubted_;
    if (begins) {
        doubted_ = begin_doubt(before, wall);
    } else if (!is_near(wall, doubted_->wall + (at_ - doubted_->up))) {
        doubted_ = doubt{.wall = wall, .up = at_}; // set again: its day begins anew
    }
    if (stood() >= trial) {
        return believe_after_all(wall);
    }
    auto result = as_of_now();
    if (begins) {
        result.news = "the clock says " + base::local_time(wall) + " where " +
                      base::local_time(believed_) +
                      " was expected (it was set, or the server was off): no old report is deleted "
                      "by it before it has stood for a day, or you say that it is right "
                      "(trafikito-server clock --believe)";
    }
    return result;
}

// The day that a clock must stand outlives a restart, but not a clock that says something else
// behind it. How long the process was away nobody knows: as long as is believable.
retention_clock::doubt retention_clock::begin_doubt(std::optional<memory> const& before,
                                                    base::wall_time wall) const {
    bool const goes_on = before && before->doubted && is_near(wall, *before->doubted);
    return {
        .wall = wall, .up = at_, .stood_before = goes_on ? before->doubted_for : milliseconds(0)};
}

retention_clock::reading retention_clock::agree(base::wall_time wall) {
    believed_ = wall; // the small steps of a clock that is kept right
    auto result = as_of_now();
    if (std::exchange(doubted_, std::nullopt)) {
        agreed_since_ = at_;
        result.news = "the clock is as expected again: old reports are deleted by it as before";
    }
    if (at_ - agreed_since_ >= trial) {
        agreed_since_ = at_;
        result.settled = true;
    }
    return result;
}

retention_clock::reading retention_clock::believe_after_all(base::wall_time wall) {
    jumped_ += std::chrono::duration_cast<milliseconds>(wall - believed_);
    believed_ = wall;
    doubted_.reset();
    agreed_since_ = at_;
    auto result = as_of_now();
    result.news = "the clock has stood for a day and is believed: " + base::local_time(wall) +
                  ". What is stored is no older for it than it was";
    return result;
}

// What it was off while nobody served, or was set by, counts: that is what was said.
retention_clock::reading retention_clock::believe(base::wall_time wall, boot_time up) {
    at_ = up;
    before_.reset();
    believed_ = wall;
    doubted_.reset();
    agreed_since_ = at_;
    auto result = as_of_now();
    result.news =
        "the clock is believed, an administrator says that it is right: " + base::local_time(wall) +
        ". Reports grow old by it";
    return result;
}

retention_clock::memory retention_clock::remembered() const {
    if (before_) {
        return *before_;
    }
    memory now{.believed = believed_, .jumped = jumped_, .doubted = {}};
    if (doubted_) {
        now.doubted = doubted_->wall + (at_ - doubted_->up);
        now.doubted_for = stood();
    }
    return now;
}

boot_time time_since_boot() {
    std::timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::duration_cast<boot_time>(std::chrono::seconds(now.tv_sec) +
                                                 std::chrono::nanoseconds(now.tv_nsec));
}

} // namespace trafikito::server::store
