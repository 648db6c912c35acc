#pragma once
// Which package of Debian and Ubuntu brings a program that people watch machines with, for the
// words about one that is missing. A table.

#include <string>
#include <string_view>

namespace trafikito::agent::inspection {

/// Empty when it is not known.
std::string_view package_of(std::string_view program);

/// `Type: apt-get install lsof`, or in words where there is no apt.
std::string how_to_install(std::string_view package);

} // namespace trafikito::agent::inspection
