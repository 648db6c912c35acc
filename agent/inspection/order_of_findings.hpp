#pragma once
// The order in which findings are read: the cause first. Pure.

#include "config/diagnostic.hpp"

#include <string>
#include <vector>

namespace trafikito::agent::inspection {

/// What is a slip of the finger in the name of a key or an option gets the command that mends it.
void add_mends_of_names(std::vector<config::diagnostic>& found);

/// A key that is missing, and the line of a key that is nearly that one, are the same mistake: they
/// become one finding, at that line.
void explain_missing_keys(std::vector<config::diagnostic>& found);

/// Errors first, then warnings, each in the order of files and of lines. `files` come first, the
/// others in the order in which they were met. What is said twice is said once.
void put_in_order(std::vector<config::diagnostic>& found, std::vector<std::string> files);

} // namespace trafikito::agent::inspection
