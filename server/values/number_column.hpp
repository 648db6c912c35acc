#pragma once
// Numbers in few bytes: what programs print has few decimals, and what is of the same series
// differs little from minute to minute. For series_codec.cpp alone.

#include "server/archive/number_text.hpp"

#include <cstddef>
#include <vector>

namespace trafikito::server::values {

/// One by itself: at most 10 bytes, and 9 of those that have no short decimal form.
void write_number(archive::writer& to, double value);
/// Throws archive::unreadable, as does read_column(); also for what is not finite.
double read_number(archive::reader& from);

void write_column(archive::writer& to, std::vector<double> const& all);
std::vector<double> read_column(archive::reader& from, std::size_t count);

} // namespace trafikito::server::values
