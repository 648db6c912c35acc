#pragma once
// Whose turn it is, when there is more work than cycle_timeout has room for: a cycle begins with
// the command at which the last one stopped, so that each has its turn after a while. Used by one
// cycle; the one name that lasts is kept in the state (also across restarts, for `--once` by cron).

#include "agent/cycle/command_lookup.hpp"
#include "config/settings.hpp"
#include "exec/result.hpp"
#include "net/api/order.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace trafikito::agent::cycle {

/// Turns the commands round, so that they begin with `first`, or, where that is not to be run now
/// (`every=`), with the next one of the order that is. Where the order does not name it, or it is
/// empty, they stay as they are. Sections keep their places in the report.
void begin_with(std::string const& first, net::api::order const& order,
                std::vector<wanted_command>& wanted);

class turns {
public:
    /// `wanted`, in the order of their turns, must outlive it.
    explicit turns(std::vector<wanted_command> const& wanted)
        : wanted_(wanted), first_(wanted.size()) {}

    /// What became of the one at `index`.
    void note(std::size_t index, exec::result const& ended);

    /// With whom the next cycle begins: the first that had no turn, or no fair one since it began
    /// late and was stopped for cycle_timeout. Empty when all had theirs.
    [[nodiscard]] std::string next() const;

    /// `8 of 40 commands had their turn within cycle_timeout (3 s), 4 at once; …`; empty when all
    /// had theirs, or nothing but a lack of room kept them from it.
    [[nodiscard]] std::string in_words(config::settings const& with) const;

private:
    std::vector<wanted_command> const& wanted_;
    std::size_t first_; ///< who had none
    std::size_t late_ = 0;
};

} // namespace trafikito::agent::cycle
