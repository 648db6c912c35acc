#include "config/value.hpp"

#include "base/ascii.hpp"
#include "base/duration.hpp"
#include "config/diagnostic.hpp"

#include <array>
#include <limits>

namespace trafikito::config {
namespace {

using std::chrono::milliseconds;

struct unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::uint64_t second = 1000;
constexpr std::uint64_t kibi = 1024;

// From the smallest to the largest.
constexpr std::array duration_units{unit{"ms", 1}, unit{"s", second}, unit{"m", 60 * second},
                                    unit{"h", 3600 * second}, unit{"d", 86400 * second}};
constexpr std::array size_units{unit{"b", 1},
                                unit{"k", kibi},
                                unit{"kib", kibi},
                                unit{"m", kibi* kibi},
                                unit{"mib", kibi* kibi},
                                unit{"g", kibi* kibi* kibi},
                                unit{"gib", kibi* kibi* kibi},
                                unit{"t", kibi* kibi* kibi* kibi},
                                unit{"tib", kibi* kibi* kibi* kibi}};

constexpr std::uint64_t too_large = std::numeric_limits<std::uint64_t>::max();

std::uint64_t multiply(std::uint64_t value, std::uint64_t factor) {
    return value > too_large / factor ? too_large : value * factor;
}

/// The digits at the front, which are removed; too_large where they are more than fit. Nothing
/// without one.
std::optional<std::uint64_t> take_digits(std::string_view& text) {
    if (text.empty() || !base::is_digit(text.front())) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    while (!text.empty() && base::is_digit(text.front())) {
        auto const digit = static_cast<std::uint64_t>(text.front() - '0');
        value = multiply(value, 10);
        value = value > too_large - digit ? too_large : value + digit;
        text.remove_prefix(1);
    }
    return value;
}

std::string between(std::string const& minimum, std::string const& maximum, std::string_view text) {
    return "must be between " + minimum + " and " + maximum + ", not " + in_quotes(text);
}

} // namespace

parsed<milliseconds> parse_duration(std::string_view text, milliseconds minimum,
                                    milliseconds maximum) {
    auto const value = base::parse_duration(text);
    if (!value) {
        return {{}, "must be a duration such as 500ms, 30s, 5m, 1h or 2d, not " + in_quotes(text)};
    }
    if (*value > maximum || *value < minimum) {
        return {{}, between(format_duration(minimum), format_duration(maximum), text)};
    }
    return {value, {}};
}

parsed<std::uint64_t> parse_size(std::string_view text, std::uint64_t minimum,
                                 std::uint64_t maximum) {
    auto rest = text;
    auto const number = take_digits(rest);
    if (number) {
        auto const name = rest.empty() ? std::string("b") : base::lower(rest);
        for (auto const& one : size_units) {
            if (one.name != name) {
                continue;
            }
            auto const value = multiply(*number, one.factor);
            if (value > maximum || value < minimum) {
                return {{}, between(format_size(minimum), format_size(maximum), text)};
            }
            return {value, {}};
        }
        if (name == "kb" || name == "mb" || name == "gb" || name == "tb") {
            return {{},
                    "must be a size such as 64KiB or 1MiB; " + in_quotes(text) +
                        " may mean powers of 1000 or of 1024"};
        }
    }
    return {{}, "must be a size such as 4096, 64KiB, 1MiB or 2GiB, not " + in_quotes(text)};
}

parsed<std::int64_t> parse_count(std::string_view text, std::int64_t minimum,
                                 std::int64_t maximum) {
    auto rest = text;
    bool const negative = rest.starts_with('-');
    if (negative) {
        rest.remove_prefix(1);
    }
    auto const number = take_digits(rest);
    if (!number || !rest.empty()) {
        return {{}, "must be a whole number, not " + in_quotes(text)};
    }
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    auto const magnitude = static_cast<std::int64_t>(*number > largest ? largest : *number);
    auto const value = negative ? -magnitude : magnitude;
    if (*number > largest || value < minimum || value > maximum) {
        return {{}, between(std::to_string(minimum), std::to_string(maximum), text)};
    }
    return {value, {}};
}

parsed<bool> parse_yes_no(std::string_view text) {
    auto const word = base::lower(text);
    if (word == "yes" || word == "true" || word == "on" || word == "1") {
        return {true, {}};
    }
    if (word == "no" || word == "false" || word == "off" || word == "0") {
        return {false, {}};
    }
    return {{}, "must be yes or no, not " + in_quotes(text)};
}

std::string format_duration(milliseconds value) {
    auto const count = static_cast<std::uint64_t>(value.count() < 0 ? 0 : value.count());
    if (count == 0) {
        return "0s";
    }
    // A day is 24h, as people say it; two are 2d.
    for (std::size_t i = duration_units.size(); i-- > 0;) {
        auto const& one = duration_units[i];
        auto const least = one.name == "d" ? 2 * one.factor : one.factor;
        if (count >= least && count % one.factor == 0) {
            return std::to_string(count / one.factor) + std::string(one.name);
        }
    }
    return std::to_string(count) + "ms";
}

std::string format_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 4> names{"KiB", "MiB", "GiB", "TiB"};
    std::string_view name = "B";
    for (auto const one : names) {
        if (bytes == 0 || bytes % kibi != 0) {
            break;
        }
        bytes /= kibi;
        name = one;
    }
    return std::to_string(bytes) + std::string(name);
}

} // namespace trafikito::config
