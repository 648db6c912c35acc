#pragma once
// "Did you mean": the known name nearest to a mistyped one. Keys and command options ask it. Pure
// text.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace trafikito::config {

/// Levenshtein distance with neighbours swapped counted as one (optimal string alignment), ASCII
/// case ignored.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// The candidate with the smallest distance (the first of equals); nothing when more than a third
/// of the letters (at least one) differ. Names over 64 characters are near to nothing.
std::optional<std::string_view> nearest(std::string_view name,
                                        std::span<std::string_view const> candidates);

} // namespace trafikito::config
