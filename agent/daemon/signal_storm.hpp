#pragma once
// When a command signals the agent so often that others are not heard: a signal that is pending
// already swallows a second one (signal(7)), the administrator's too. The daemon kills such a
// command. Each is judged by its own signals alone. Pure.

#include "base/clock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace trafikito::agent::daemon {

class signal_storm {
public:
    using time_point = base::clock::steady_time;
    static constexpr std::size_t many = 16;
    static constexpr std::chrono::seconds span{1};

    /// A signal of that command came. True when it is the 16th within a second; then its count
    /// begins anew.
    bool one_more(std::string const& command, time_point now) {
        std::erase_if(latest_, [&](auto const& one) { return now - one.second.last >= span; });
        auto& its = latest_[command];
        its.last = now;
        auto& oldest = its.times.at(its.seen % its.times.size());
        bool const storm = its.seen >= its.times.size() && now - oldest < span;
        oldest = now;
        ++its.seen;
        if (storm) {
            latest_.erase(command);
        }
        return storm;
    }

private:
    struct signals_of_one {
        std::array<time_point, many - 1> times{}; ///< a ring
        std::size_t seen = 0;
        time_point last;
    };
    std::map<std::string, signals_of_one> latest_; ///< of those that sent one within the span
};

} // namespace trafikito::agent::daemon
