#pragma once
// One stored report as text for people or as a line of JSON for programs. The outputs command uses
// it.

#include "server/store/store.hpp"

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>

namespace trafikito::server::cli {

struct print_settings {
    std::optional<std::string> command; ///< only this one, with prefix
    std::optional<std::size_t> head;    ///< lines of each output, then how many more there are
    std::optional<std::size_t> width;   ///< of the screen: lines of text are folded there
    bool json = false;
    bool raw = false; ///< the bytes of outputs, and nothing else
};

struct report_content {
    std::vector<store::output_row> outputs;
    std::string results; ///< JSON array as the agent sent it; empty: it sent none
};

/// Text: a line `==> TIME  SERVER  COMMAND <==` before each output (of a late report the time of
/// its collection, and how long before its arrival that was), a line `[failed: exit code 1 after
/// 0.02 s]` when the agent said so, the output, `[3 more lines]`, an empty line. Each line of an
/// output stands behind a bar, `| `, and none of ours does: so nothing that a machine sends can be
/// taken for a heading. What a terminal would obey is escaped.
/// JSON: one line `{"report","time","collected_at","report_id","serverId","server","outputs":
/// [{"command","output"}],"results"}`, where `time` is the arrival and what the agent did not send
/// is null; an output that is not UTF-8 stands as `outputBase64` instead.
void print_report(std::ostream& out, store::report_row const& report, report_content const& content,
                  print_settings const& settings);

} // namespace trafikito::server::cli
