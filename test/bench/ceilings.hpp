#pragma once
// The file of ceilings: what one cycle may count to. Reads and writes its text.

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::test::bench {

struct ceiling {
    std::string who;  ///< `root`, `user`
    std::string what; ///< `system_calls`, …
    double limit = 0;
};

/// Lines `WHO WHAT LIMIT`; `#` begins a comment. Throws and names the line that is none.
std::vector<ceiling> read_ceilings(std::string_view text);

/// The comment at the top of `old`, then these.
std::string format_ceilings(std::string_view old, std::vector<ceiling> const& all);

/// What is recorded for a count: some room for what differs from run to run, and none where nothing
/// does.
double ceiling_for(std::string const& what, double counted);

/// `9,612,345`
std::string grouped(double number);

} // namespace trafikito::test::bench
