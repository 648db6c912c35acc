#pragma once
// When a command signals the agent so often that others are not heard: a signal that is pending
// already swallows a second one (signal(7)), the administrator's too. The daemon kills such a
// command. Pure.

#include "base/clock.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace trafikito::agent::daemon {

class signal_storm {
public:
    /// A command's signal came. True when it is the 16th within a second.
    bool one_more(base::clock::steady_time now) {
        auto& oldest = latest_.at(next_);
        bool const storm = seen_ >= latest_.size() && now - oldest < std::chrono::seconds(1);
        oldest = now;
        next_ = (next_ + 1) % latest_.size();
        ++seen_;
        return storm;
    }

private:
    std::array<base::clock::steady_time, 15> latest_{};
    std::size_t next_ = 0;
    std::size_t seen_ = 0;
};

} // namespace trafikito::agent::daemon
