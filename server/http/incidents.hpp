#pragma once
// What strangers do, for the log: said at once the first time, then counted and said once a minute,
// however often and from however many addresses it comes. Memory and lines are bounded: nobody
// fills the log by asking. One thread; the owner calls tick() every few seconds.

#include "base/log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace trafikito::server::http {

class incidents {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::size_t max_pairs = 64; ///< of an incident and an address, known at a time
    static constexpr std::size_t max_kinds = 64; ///< of incidents from other addresses
    static constexpr std::size_t max_addresses = 4096;   ///< told apart in one minute
    static constexpr std::chrono::seconds span{60};      ///< what is counted together
    static constexpr std::chrono::minutes forgotten{10}; ///< after so long it is news again

    explicit incidents(base::log& log) : log_(&log) {}

    /// `what` reads well before ` (from 192.0.2.7)` and `: 366 times more from 192.0.2.7 in the
    /// last 60 s`, and ends without a full stop; only its first 300 bytes count. `address` is an
    /// address_group(), or empty when there is none to name.
    void note(base::severity level, std::string_view what, std::string_view address,
              time_point now);

    /// Says what has been counted for `span`.
    void tick(time_point now);

private:
    struct pair_state {
        base::severity level;
        std::uint64_t unsaid;
        time_point last;
    };
    struct crowd {
        base::severity level;
        std::uint64_t times;
        std::set<std::string, std::less<>> addresses;
    };

    void count_in_crowd(base::severity level, std::string_view what, std::string_view address);
    void forget_quiet(time_point now);
    void say_counts(std::string const& over);

    base::log* log_;
    std::map<std::pair<std::string, std::string>, pair_state> pairs_; ///< by what and address
    std::map<std::string, crowd, std::less<>> crowds_;                ///< by what
    std::size_t addresses_ = 0;                                       ///< in all crowds
    time_point since_{};                                              ///< what is counted was noted
    bool counting_ = false;
};

} // namespace trafikito::server::http
