#pragma once
// A whole number from its digits. Pure text.

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace trafikito::base {

/// `text` is all digits of that radix (with a `-` in front where `Number` has a sign), and what it
/// says fits; else nothing.
template <std::integral Number>
std::optional<Number> number_in(std::string_view text, int radix = 10) {
    Number value{};
    auto const* const begin = text.data();
    auto const* const end = begin + text.size();
    auto const [stopped, failed] = std::from_chars(begin, end, value, radix);
    return failed == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

} // namespace trafikito::base
