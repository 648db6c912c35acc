#pragma once
// Finds `sleep NUMBER`: a test that looks for what a command left sleeps for a number of seconds
// that no other test uses.

#include <cstddef>
#include <string>

namespace trafikito::test {

/// How many processes run it below this one.
std::size_t sleepers(std::string const& number);

} // namespace trafikito::test
