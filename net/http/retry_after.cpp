#include "net/http/retry_after.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>

namespace trafikito::net::http {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// Digits alone; nothing when there is another character, or none.
std::optional<seconds> number(std::string_view text) {
    seconds value{0};
    for (char const c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = std::min(value * 10 + seconds{c - '0'}, max_retry_after);
    }
    return text.empty() ? std::nullopt : std::optional(value);
}

unsigned month_of(std::string_view name) {
    constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return static_cast<unsigned>(std::ranges::find(names, name) - names.begin()) + 1;
}

} // namespace

std::optional<sys_seconds> parse_http_date(std::string_view text) {
    constexpr std::string_view form = "Sun, 06 Nov 1994 08:49:37 GMT";
    if (text.size() != form.size()) {
        return std::nullopt;
    }
    for (std::size_t const at : {3U, 4U, 7U, 11U, 16U, 19U, 22U, 25U, 26U, 27U, 28U}) {
        if (text[at] != form[at]) {
            return std::nullopt;
        }
    }
    auto const day = number(text.substr(5, 2));
    auto const year = number(text.substr(12, 4));
    auto const hour = number(text.substr(17, 2));
    auto const minute = number(text.substr(20, 2));
    auto const second = number(text.substr(23, 2));
    if (!day || !year || !hour || !minute || !second || hour->count() > 23 ||
        minute->count() > 59 || second->count() > 60) {
        return std::nullopt;
    }
    std::chrono::year_month_day const date{std::chrono::year{static_cast<int>(year->count())},
                                           std::chrono::month{month_of(text.substr(8, 3))},
                                           std::chrono::day{static_cast<unsigned>(day->count())}};
    if (!date.ok()) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + std::chrono::hours{hour->count()} +
           std::chrono::minutes{minute->count()} + *second;
}

seconds retry_after(std::string_view value, std::string_view date) {
    value = base::trim_white_space(value);
    if (auto const plain = number(value)) {
        return *plain;
    }
    auto const then = parse_http_date(value);
    auto const now = parse_http_date(base::trim_white_space(date));
    return then && now ? std::clamp(seconds(*then - *now), seconds{0}, max_retry_after)
                       : seconds{0};
}

} // namespace trafikito::net::http
