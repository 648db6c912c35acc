#include "base/time_text.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace trafikito::base {

namespace {

std::string formatted(std::tm const& parts, char const* form) {
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), form, &parts)};
}

// Takes a number of exactly `digits` digits and, unless it is 0, the character `after` from the
// front.
bool take(std::string_view& text, std::size_t digits, char after, int& number) {
    std::size_t const size = digits + (after == 0 ? 0 : 1);
    if (text.size() < size || !std::ranges::all_of(text.substr(0, digits), is_digit) ||
        (after != 0 && text[digits] != after)) {
        return false;
    }
    for (number = 0; digits > 0; --digits, text.remove_prefix(1)) {
        number = number * 10 + (text.front() - '0');
    }
    text.remove_prefix(after == 0 ? 0 : 1);
    return true;
}

// What stands behind the whole seconds: `Z` or `.042Z`.
std::optional<std::chrono::milliseconds> fraction_in(std::string_view text) {
    int thousandths = 0;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        std::size_t digits = 0;
        for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
            thousandths = digits < 3 ? thousandths * 10 + (text.front() - '0') : thousandths;
            text.remove_prefix(1);
        }
        if (digits == 0 || digits > 9) {
            return std::nullopt;
        }
        for (; digits < 3; ++digits) {
            thousandths *= 10;
        }
    }
    return text == "Z" ? std::optional(std::chrono::milliseconds(thousandths)) : std::nullopt;
}

} // namespace

std::string local_time(wall_time time) {
    auto const seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return formatted(parts, "%Y-%m-%d %H:%M:%S");
}

std::string utc_text(std::chrono::seconds since_1970, char const* form) {
    auto const seconds = static_cast<std::time_t>(since_1970.count());
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return formatted(parts, form);
}

std::string utc_time(wall_time time) {
    auto const whole = std::chrono::floor<std::chrono::seconds>(time);
    auto const rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03uZ", static_cast<unsigned>(rest) % 1000U);
    return utc_text(whole.time_since_epoch(), "%Y-%m-%dT%H:%M:%S") + fraction.data();
}

std::optional<wall_time> parse_utc_time(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take(text, 4, '-', year) || !take(text, 2, '-', month) || !take(text, 2, 'T', day) ||
        !take(text, 2, ':', hour) || !take(text, 2, ':', minute) || !take(text, 2, 0, second)) {
        return std::nullopt;
    }
    auto const fraction = fraction_in(text);
    std::chrono::year_month_day const date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    // Years that the system clock's nanoseconds cannot hold would wrap.
    bool const in_range = year >= 1970 && year < 2262;
    if (!fraction || !date.ok() || !in_range || hour > 23 || minute > 59 || second > 59) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + *fraction;
}

std::string in_words(std::chrono::seconds span) {
    auto const seconds = span.count();
    auto const two = [&](std::int64_t large, char const* unit, std::int64_t small,
                         char const* part) {
        auto const rest = seconds % large / small;
        return std::to_string(seconds / large) + unit +
               (rest == 0 ? "" : " " + std::to_string(rest) + part);
    };
    if (seconds < 60) {
        return std::to_string(seconds) + " s";
    }
    if (seconds < 3600) {
        return std::to_string(seconds / 60) + " min";
    }
    return seconds < 86400 ? two(3600, " h", 60, " min") : two(86400, " d", 3600, " h");
}

} // namespace trafikito::base
