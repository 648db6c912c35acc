#pragma once
// What of an order did not run, and why, in words for the log, `status` and `healthcheck`: a reason
// that holds for many commands is said once, with what to set. Used by one cycle.

#include "exec/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace trafikito::agent::cycle {

class shortfall {
public:
    /// `ordered`: how many names the order has.
    explicit shortfall(std::size_t ordered = 0) : ordered_(ordered) {}

    /// The list names it, or could not be read, and yet it must not be run, for that reason.
    void refused(std::string const& name, std::string const& reason);

    /// What became of a command. Counted is what could not be started; that the agent is to end, or
    /// that cycle_timeout was over (turns.hpp), is no such fault.
    void note(exec::result const& of);

    /// `12 of 12 commands could not be started: REASON; WHAT TO SET`; empty when all were.
    [[nodiscard]] std::string starts_in_words() const { return in_words(true); }

    /// All that did not run though it should have, as above.
    [[nodiscard]] std::string all_in_words() const { return in_words(false); }

private:
    struct group {
        bool was_to_start = false; ///< else it was not even tried
        std::string reason;
        std::string hint;
        bool always_these = true; ///< the same ones will be named the next time
        std::vector<std::string> names;
    };

    void add(group const& what, std::string const& name);
    [[nodiscard]] std::string in_words(bool starts_only) const;
    [[nodiscard]] std::string in_words(group const& one) const;

    std::size_t ordered_;
    std::vector<group> groups_; ///< in the order of their first names
};

/// `a, b, c and 4 more`
std::string some_of(std::vector<std::string> const& names, std::size_t at_most);

} // namespace trafikito::agent::cycle
