#pragma once
// The report: one section per ordered command, then the available commands (doc/protocol.md, "The
// report"). The agent writes it through report_writer, piece by piece; the server reads it whole.
// Never re-encodes.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net::api {

inline constexpr std::string_view command_marker = "*-*-*-*------------ Trafikito command: ";
inline constexpr std::string_view available_marker = "*-*-*-*------------ Available commands:";

/// Writes a report into a sink. What a command printed can arrive in pieces of any size; a marker
/// line in it, wherever it was cut, gets one space before it, and a missing final newline is added.
class report_writer {
public:
    using sink = std::function<void(std::string_view)>;

    explicit report_writer(sink write);

    /// `name` is the whole name (`trafikito_df`), or at enrolment and for widgets the command line.
    void open_section(std::string_view name);
    void output(std::string_view bytes);

    /// A line of the agent's own inside the section, on a line of its own: `[trafikito-agent: …]`.
    void note(std::string_view text);

    /// The last section. `lines` are the valid lines of available_commands.sh, verbatim, without
    /// newline.
    void available_commands(std::vector<std::string> const& lines);

    /// Ends the last line, where no last section follows.
    void finish() { end_line(); }

private:
    std::string_view complete_held(std::string_view bytes);
    void end_line();
    void flush_held();
    void pass_on(std::string_view bytes);

    sink write_;
    std::string held_;       ///< the beginning of a line that may become a marker
    bool line_start_ = true; ///< what comes next begins a line (what is held_ not counted)
};

struct section {
    std::string name;
    std::string_view output; ///< points into the report that was parsed
};

struct parsed_report {
    std::vector<section> sections;
    std::string_view available; ///< the lines of the last section; empty when it is missing
};

/// Where a marker opens a section. The shell agents glue one to output without a final newline;
/// ours never does, so that towards ours a text in the middle of a line cannot forge a section.
enum class marker_place { line_start, anywhere };

/// Never fails: a report without markers has no sections. A marker that our writer escaped (one
/// space before it at the start of a line) never counts.
parsed_report parse_report(std::string_view report, marker_place place = marker_place::anywhere);

} // namespace trafikito::net::api
