#include "base/duration.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace trafikito::base {

namespace {

struct unit {
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::array units{unit{"ms", 1}, unit{"s", 1000}, unit{"m", 60'000}, unit{"h", 3'600'000},
                           unit{"d", 86'400'000}};

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    constexpr auto longest = std::numeric_limits<std::int64_t>::max();
    auto const digits =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    auto const name = digits == text.size() ? std::string_view("s") : text.substr(digits);
    auto const* const found = std::ranges::find(units, name, &unit::name);
    if (digits == 0 || found == units.end()) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    for (char const c : text.substr(0, digits)) {
        std::int64_t const digit = c - '0';
        value = value > (longest - digit) / 10 ? longest : value * 10 + digit;
    }
    auto const factor = found->milliseconds;
    return std::chrono::milliseconds(value > longest / factor ? longest : value * factor);
}

} // namespace trafikito::base
