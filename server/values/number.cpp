#include "server/values/number.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace trafikito::server::values {

namespace {

/// Longer is no number that anybody prints.
constexpr std::size_t longest = 64;
constexpr std::size_t group = 3;

std::size_t digits_at(std::string_view text, std::size_t from) {
    auto at = from;
    while (at < text.size() && base::is_digit(text[at])) {
        ++at;
    }
    return at - from;
}

/// The end of an exponent that begins there; else `from`.
std::size_t exponent_end(std::string_view text, std::size_t from) {
    if (from >= text.size() || (text[from] != 'e' && text[from] != 'E')) {
        return from;
    }
    auto at = from + 1;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
        ++at;
    }
    auto const digits = digits_at(text, at);
    return digits == 0 ? from : at + digits;
}

struct known_unit {
    std::string_view written;
    std::string_view kept;
    double factor;
};
constexpr double kib = 1024;
constexpr double mib = kib * kib;
constexpr double gib = mib * kib;
constexpr double tib = gib * kib;
// Of perfdata, KB is what 1024 bytes are called; where kB is written it is meant like that, too.
constexpr std::array known_units{
    known_unit{"B", "B", 1},     known_unit{"bytes", "B", 1}, known_unit{"KiB", "B", kib},
    known_unit{"MiB", "B", mib}, known_unit{"GiB", "B", gib}, known_unit{"TiB", "B", tib},
    known_unit{"KB", "B", kib},  known_unit{"kB", "B", kib},  known_unit{"MB", "B", mib},
    known_unit{"GB", "B", gib},  known_unit{"TB", "B", tib},  known_unit{"s", "s", 1},
    known_unit{"ms", "s", 1e-3}, known_unit{"us", "s", 1e-6}, known_unit{"ns", "s", 1e-9},
    known_unit{"min", "s", 60},  known_unit{"h", "s", 3600},  known_unit{"d", "s", 86400},
};

} // namespace

std::optional<written_number> number_at_begin(std::string_view text) {
    std::array<char, longest> plain{};
    std::size_t size = 0;
    std::size_t at = 0;
    auto const take = [&](std::string_view what) {
        if (size + what.size() > plain.size()) {
            return false;
        }
        std::ranges::copy(what, plain.begin() + static_cast<std::ptrdiff_t>(size));
        size += what.size();
        return true;
    };
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        at = 1;
        if (text[0] == '-') {
            take("-");
        }
    }
    auto const whole = digits_at(text, at);
    bool const is_zero = whole == 1 && text[at] == '0';
    if (!take(text.substr(at, whole))) {
        return std::nullopt;
    }
    at += whole;
    bool fraction = false;
    while (whole != 0 && at < text.size() && text[at] == ',' && !fraction) {
        auto const digits = digits_at(text, at + 1);
        if (digits == 0) {
            break;
        }
        fraction = digits != group || whole > group || is_zero;
        if ((fraction && !take(".")) || !take(text.substr(at + 1, digits))) {
            return std::nullopt;
        }
        at += 1 + digits;
    }
    if (!fraction && at < text.size() && text[at] == '.') {
        auto const digits = digits_at(text, at + 1);
        if (whole + digits == 0) {
            return std::nullopt;
        }
        if (digits != 0 && (!take(whole == 0 ? "0." : ".") || !take(text.substr(at + 1, digits)))) {
            return std::nullopt;
        }
        at += 1 + digits;
    } else if (whole == 0) {
        return std::nullopt;
    }
    auto const end = exponent_end(text, at);
    auto const exponent = text.substr(at, end - at);
    if (exponent.size() > 1 && exponent[1] == '+') { // which from_chars() takes, but for the sign
        if (!take("e") || !take(exponent.substr(2))) {
            return std::nullopt;
        }
    } else if (!take(exponent)) {
        return std::nullopt;
    }
    written_number found{.value = 0, .size = end};
    auto const [stopped, failed] = std::from_chars(plain.data(), plain.data() + size, found.value);
    if (failed != std::errc() || stopped != plain.data() + size || !std::isfinite(found.value)) {
        return std::nullopt;
    }
    return found;
}

unit unit_of(std::string_view written) {
    auto const* const known = std::ranges::find(known_units, written, &known_unit::written);
    return known == known_units.end() ? unit{std::string(written), 1}
                                      : unit{std::string(known->kept), known->factor};
}

bool is_unit(std::string_view text) {
    return !text.empty() && text.size() <= max_unit && std::ranges::all_of(text, [](char c) {
        return base::is_graphic(c) && c != ',' && c != '"' && c != '#';
    });
}

std::optional<double> size_suffix(std::string_view text) {
    if (text == "B" || text == "b") {
        return 1;
    }
    if (text.size() > 3 || text.empty()) {
        return std::nullopt;
    }
    auto const tail = text.substr(1);
    if (!tail.empty() && tail != "i" && tail != "B" && tail != "iB") {
        return std::nullopt;
    }
    switch (text[0]) {
    case 'k':
    case 'K':
        return kib;
    case 'M':
        return mib;
    case 'G':
        return gib;
    case 'T':
        return tib;
    case 'P':
        return tib * kib;
    case 'E':
        return tib * mib;
    default:
        return std::nullopt;
    }
}

std::optional<double> number_with_unit(std::string_view text, double factor, bool takes_suffix) {
    text = base::trim(text);
    auto const found = number_at_begin(text);
    if (!found) {
        return std::nullopt;
    }
    if (takes_suffix) {
        auto const rest = text.substr(found->size);
        auto end = std::size_t{0};
        while (end < rest.size() && base::is_letter(rest[end])) {
            ++end;
        }
        if (auto const suffix = size_suffix(rest.substr(0, end))) {
            factor = *suffix;
        }
    }
    auto const value = found->value * factor;
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

double rounded(double value, int digits) {
    if (value == 0 || !std::isfinite(value)) {
        return 0;
    }
    constexpr int most_decimals = 12;
    auto const magnitude = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    if (magnitude >= digits) {
        auto const scale = std::pow(10.0, magnitude - digits);
        auto const result = std::round(value / scale) * scale;
        return std::isfinite(result) ? result : value;
    }
    auto const scale = std::pow(10.0, std::min(digits - magnitude, most_decimals));
    return std::round(value * scale) / scale;
}

} // namespace trafikito::server::values
