#pragma once
// How often a password may be guessed: ten times a minute from one address, and for one account.
// Whoever shows that he logged in from this device before is counted by the device alone, so that
// strangers who guess cannot keep him out. The API asks before it looks at a password. Pure: the
// time is handed in; what it remembers is bounded, and nobody's guesses are forgotten because
// others guess, too.

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::security {

struct guess_limits {
    std::size_t guesses = 10; ///< of each, in a minute
    std::chrono::seconds minute{60};
    std::size_t remembered = 4096; ///< addresses, accounts and devices, of each
};

class guesses {
public:
    using time = std::chrono::steady_clock::time_point;

    explicit guesses(guess_limits limits = {}) : limits_(limits) {}

    struct guess {
        std::string_view address; ///< address_group() of it
        std::string_view account; ///< as it was typed, be it nobody's
        std::string_view device;  ///< that the account is known to use; empty: none
    };

    /// Nothing: it may be made, and counts. Else when to ask again, in 1 s to 60 s.
    std::optional<std::chrono::seconds> refuse(guess const& one, time now);
    /// It was right, or nobody looked at it: it does not count.
    void forgive(guess const& one);

private:
    /// When those of the last minute were made, the oldest first, by whose they are.
    using counts = std::map<std::string, std::deque<time>, std::less<>>;

    std::optional<std::chrono::seconds> wait_of(counts& of, std::string_view key, time now) const;
    void forget_old(std::deque<time>& made, time now) const;
    void forget_old(counts& of, time now) const;
    static void take_back(counts& of, std::string_view key);

    guess_limits limits_;
    counts addresses_;
    counts accounts_;
    counts devices_;
};

} // namespace trafikito::server::security
