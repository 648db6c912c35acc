#pragma once
// The report: one table for people (text and Markdown), JSON for programs, and the pictures.

#include "test/bench/workbench.hpp"

#include <filesystem>
#include <string>

namespace trafikito::test::bench {

/// Of which machine the figures are, in a line.
std::string describe_machine();

/// As wide as it needs; for the terminal.
std::string table_of(workbench const& bench);

/// report.md, summary.md (the README's part of it), report.json and the pictures.
void write_report(workbench const& bench, std::filesystem::path const& folder);

/// How many goals were missed.
std::size_t missed_goals(workbench const& bench);

} // namespace trafikito::test::bench
