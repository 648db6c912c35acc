#include "base/time_text.hpp"

#include "base/ascii.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace trafikito::base {

using std::chrono::floor;

namespace {

/// With zeros in front: at least so many digits.
void add_number(std::string& text, int number, std::size_t digits) {
    auto const plain = std::to_string(number);
    text.append(digits - std::min(digits, plain.size()), '0');
    text += plain;
}

/// `2026-11-23T05:30:19.042`, without a word on the zone.
std::string to_the_millisecond(moment time) {
    auto const day = floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(time - day);
    std::string text;
    text.reserve(sizeof "2026-11-23T05:30:19.042+01:00");
    add_number(text, static_cast<int>(date.year()), 4);
    text += '-';
    add_number(text, static_cast<int>(static_cast<unsigned>(date.month())), 2);
    text += '-';
    add_number(text, static_cast<int>(static_cast<unsigned>(date.day())), 2);
    text += 'T';
    add_number(text, static_cast<int>(clock.hours().count()), 2);
    text += ':';
    add_number(text, static_cast<int>(clock.minutes().count()), 2);
    text += ':';
    add_number(text, static_cast<int>(clock.seconds().count()), 2);
    text += '.';
    add_number(text, static_cast<int>(clock.subseconds().count()), 3);
    return text;
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

moment wall_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return moment(std::chrono::seconds(now.tv_sec) +
                  std::chrono::milliseconds(now.tv_nsec / 1'000'000));
}

// localtime_r() reads the zone once and asks the system nothing after that.
std::string local_time(moment time) {
    auto const seconds =
        static_cast<std::time_t>(floor<std::chrono::seconds>(time).time_since_epoch().count());
    std::tm parts{};
    bool const known = ::localtime_r(&seconds, &parts) != nullptr;
    // RFC 3339 knows no seconds in an offset: local mean times of long ago have some.
    auto const offset = std::chrono::minutes(known ? parts.tm_gmtoff / 60 : 0);
    auto const minutes = std::abs(offset.count());
    auto text = to_the_millisecond(time + offset);
    text += offset.count() < 0 ? '-' : '+';
    add_number(text, static_cast<int>(minutes / 60 % 100), 2);
    text += ':';
    add_number(text, static_cast<int>(minutes % 60), 2);
    return text;
}

std::string local_time(wall_time time) {
    return local_time(floor<std::chrono::milliseconds>(time));
}

std::string utc_time(moment time) {
    return to_the_millisecond(time) + 'Z';
}

std::string utc_time(wall_time time) {
    return utc_time(floor<std::chrono::milliseconds>(time));
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

std::string in_words(std::chrono::milliseconds span) {
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    auto const two = [&](std::int64_t large, char const* unit, std::int64_t small,
                         char const* part) {
        auto const rest = seconds % large / small;
        return std::to_string(seconds / large) + unit +
               (rest == 0 ? "" : " " + std::to_string(rest) + part);
    };
    if (seconds < 60) {
        return in_seconds(span);
    }
    if (seconds < 3600) {
        return std::to_string(seconds / 60) + " min";
    }
    return seconds < 86400 ? two(3600, " h", 60, " min") : two(86400, " d", 3600, " h");
}

} // namespace trafikito::base
