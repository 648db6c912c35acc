#pragma once
// What `test` prints for people: its own words, red where something failed and a terminal shows it,
// and what commands print, indented, so that neither can be taken for the other.

#include "base/output.hpp"

#include <string>
#include <string_view>

namespace trafikito::agent::cli {

class page {
public:
    /// With `colour`, `to.out` passes on bytes from here on, and all that goes through here is made
    /// harmless here.
    page(base::console& to, bool colour);

    /// Words of our own, whole lines or parts of them.
    void add(std::string_view text);
    void add_failure(std::string_view text);

    /// What a command printed, in pieces of any size: by four blanks further in. end_output() ends
    /// its last line.
    void add_output(std::string_view piece);
    void end_output();

private:
    void put_line(std::string_view line);

    base::console& to_;
    bool colour_;
    std::string line_; ///< of an output, not whole yet
};

} // namespace trafikito::agent::cli
