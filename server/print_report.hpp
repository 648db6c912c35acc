#pragma once
// One stored report as text for people or as a line of JSON for programs. The outputs command uses
// it.

#include "server/store.hpp"

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>

namespace trafikito::server {

struct print_settings {
    std::optional<std::string> command; ///< only this one, with prefix
    std::optional<std::size_t> head;    ///< lines of each output, then how many more there are
    bool safe = false;                  ///< control characters escaped: for a terminal
    bool json = false;
};

/// Text: a line `==> TIME SERVER COMMAND <==` before each output, the bytes as stored, an empty
/// line. JSON: one line `{"report","time","serverId","server","outputs":[{"command","output"}]}`;
/// an output that is not UTF-8 stands as `outputBase64` instead.
void print_report(std::ostream& to, report_row const& report,
                  std::vector<output_row> const& outputs, print_settings const& settings);

} // namespace trafikito::server
