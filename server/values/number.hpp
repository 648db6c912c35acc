#pragma once
// Numbers as programs print them for people, and their units. What rules, perfdata and Prometheus
// text are read with; never anything that is not finite.

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::values {

/// A number at the beginning of a text.
struct written_number {
    double value = 0;
    std::size_t size = 0; ///< bytes that it takes, without what follows
};

/// `12`, `-0.5`, `.5`, `1e3`; `0,42` as some languages write it, and `1,234` as others group
/// thousands: after a comma three digits are a group where no fraction precedes them. Nothing of
/// hexadecimal, `nan`, `inf`, or what is larger than a double holds.
std::optional<written_number> number_at_begin(std::string_view text);

/// What a unit of a rule or of perfdata is kept as: `KiB` is 1024 of `B`, `ms` 0.001 of `s`; one
/// that is not known is kept as it is written, times 1.
struct unit {
    std::string name;
    double factor = 1;

    friend bool operator==(unit const&, unit const&) = default;
};

unit unit_of(std::string_view written);

/// Longest unit, and what it is made of: printable ASCII without blanks, commas and quotes.
inline constexpr std::size_t max_unit = 16;
bool is_unit(std::string_view text);

/// What a suffix makes of a number that stands alone otherwise: `1.5G`, `8.7Mi`, `412M`, `0B`,
/// `3k`. Powers of 1024, as df -h and free -h print them. Nothing for what is no such suffix.
std::optional<double> size_suffix(std::string_view text);

/// The first number of a text that begins there, with its suffix if it has one: `factor` is that of
/// its unit when it has none. Blanks before it are skipped.
std::optional<double> number_with_unit(std::string_view text, double factor, bool takes_suffix);

/// With so many significant digits: what was computed is not more exact than it was printed, and a
/// series of digits that nobody sees would take the room of one that somebody does. Not finite: 0.
double rounded(double value, int digits);

} // namespace trafikito::server::values
