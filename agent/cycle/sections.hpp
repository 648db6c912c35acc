#pragma once
// What becomes of each name of an order, in the order asked, and how that is written into a report
// of bounded size. Used by one cycle and by enrolment.

#include "agent/cycle/command_outcome.hpp"
#include "exec/result.hpp"
#include "net/api/report.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::cycle {

/// What the sections of one report amount to, for the log.
struct tally {
    std::size_t commands = 0;  ///< that ran
    std::size_t failed = 0;    ///< exit code or signal other than 0
    std::size_t stopped = 0;   ///< their time was over
    std::size_t not_run = 0;   ///< unknown, refused, or not started
    std::size_t repeated = 0;  ///< the last result once more (`every=`)
    std::size_t leftovers = 0; ///< processes that were left behind and killed
    std::size_t unkillable = 0;
};

/// `16 commands (1 failed, 2 not run)`
std::string describe(tally const& counts);

class sections {
public:
    /// `names` are the titles of the sections, in the order asked.
    explicit sections(std::vector<std::string> names);

    /// A section without a result: its one line says why.
    void refuse(std::size_t index, std::string reason);

    /// A command ended, and this is its result. Counted.
    void finish(std::size_t index, exec::result&& ended);

    /// An earlier result, sent again; `age` is how long ago its command began.
    void repeat(std::size_t index, exec::result earlier, std::chrono::seconds age);

    [[nodiscard]] tally const& counts() const { return counts_; }

    /// Keeps the outputs within `max_size` bytes together: the longest are cut first, all to the
    /// same length. `other` is what the report holds besides.
    void fit(std::uint64_t max_size, std::uint64_t other);

    /// The longest outputs, as they are kept: `trafikito_a (5.0 MiB), trafikito_b (812 bytes)`.
    [[nodiscard]] std::string longest() const;

    /// What became of each, as JSON (results_field.hpp).
    [[nodiscard]] std::string results() const;

    /// The same in numbers.
    [[nodiscard]] std::vector<command_outcome> outcomes() const;

    /// Writes them all. A name that got nothing has a section that says so.
    void write(net::api::report_writer& writer) const;

private:
    struct entry {
        std::string name;
        std::string refusal;
        std::optional<exec::result> ended;
        std::optional<std::chrono::seconds> age;
    };

    void count(exec::result const& ended);

    std::vector<entry> entries_;
    tally counts_;
};

/// Output and the agent's own lines of one result, as they stand in its section.
void write_result(net::api::report_writer& writer, exec::result const& ended);

/// The longest that every output may be so that together they are not longer than `budget`; nothing
/// when all of them fit.
std::optional<std::uint64_t> fair_length(std::vector<std::uint64_t> lengths, std::uint64_t budget);

} // namespace trafikito::agent::cycle
