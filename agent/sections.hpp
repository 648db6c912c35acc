#pragma once
// Puts the sections of a report into the order asked, though commands end in any order: what has
// its turn is written at once, what came early is held. Used by one cycle and by enrolment.

#include "exec/result.hpp"
#include "net/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent {

/// What the sections of one report amount to, for the log.
struct tally {
    std::size_t commands = 0; ///< that ran
    std::size_t failed = 0;   ///< exit code or signal other than 0
    std::size_t stopped = 0;  ///< their time was over
    std::size_t not_run = 0;  ///< unknown, refused, or not started
};

class sections {
public:
    /// `names` are the titles of the sections, in the order asked.
    sections(net::report_writer& writer, std::vector<std::string> names);

    /// A section without a result: its one line says why.
    void refuse(std::size_t index, std::string reason);

    void finish(std::size_t index, exec::result&& ended);

    /// Whether every section has been written.
    [[nodiscard]] bool complete() const { return next_ == entries_.size(); }
    [[nodiscard]] tally const& counts() const { return counts_; }

private:
    struct entry {
        std::string name;
        std::string refusal;
        std::optional<exec::result> ended;
    };

    void count(exec::result const& ended);
    void write_ready();
    void write(entry const& ready);

    net::report_writer& writer_;
    std::vector<entry> entries_;
    std::size_t next_ = 0; ///< the first that is not written yet
    tally counts_;
};

/// Output and the agent's own lines of one result, as they stand in its section.
void write_result(net::report_writer& writer, exec::result const& ended);

} // namespace trafikito::agent
