#include "server/values/number_column.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::values {

namespace {

using archive::unreadable;

constexpr std::array powers{1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
constexpr std::size_t most_decimals = powers.size() - 1;
constexpr std::uint64_t raw = 15; ///< in place of how many decimals there are
constexpr unsigned bits_of_form = 4;
constexpr double largest = 4503599627370496.0; ///< 2^52: each whole number up to it is itself
constexpr std::size_t bytes_of_raw = sizeof(double);

/// As a whole number of that many decimals; nothing when it is none.
std::optional<std::int64_t> scaled(double value, std::size_t decimals) {
    auto const scale = powers.at(decimals);
    auto const whole = std::nearbyint(value * scale);
    bool const fits = std::abs(whole) <= largest && whole / scale == value;
    bool const is_itself = whole != 0 || !std::signbit(value); // and not -0
    return fits && is_itself ? std::optional(static_cast<std::int64_t>(whole)) : std::nullopt;
}

/// How many decimals it has, from so many on.
std::optional<std::size_t> decimals_of(double value, std::size_t at_least) {
    for (auto decimals = at_least; decimals <= most_decimals; ++decimals) {
        if (scaled(value, decimals)) {
            return decimals;
        }
    }
    return std::nullopt;
}

double unscaled(std::int64_t whole, std::uint64_t decimals) {
    if (decimals > most_decimals) {
        throw unreadable("a number has a form that this program does not know");
    }
    return static_cast<double>(whole) / powers.at(decimals);
}

std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1U) ^
           static_cast<std::uint64_t>(value >> 63); // NOLINT: of a negative one all bits
}

std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1U) ^ (0 - (value & 1U)));
}

std::string raw_bytes(std::uint64_t bits) {
    std::string bytes;
    for (std::size_t at = 0; at < bytes_of_raw; ++at) {
        bytes += static_cast<char>(bits & 0xFFU);
        bits >>= 8U;
    }
    return bytes;
}

std::uint64_t bits_in(std::string_view bytes) {
    std::uint64_t bits = 0;
    for (std::size_t at = bytes.size(); at-- > 0;) {
        bits = (bits << 8U) | static_cast<unsigned char>(bytes[at]);
    }
    return bits;
}

double finite(double value) {
    if (!std::isfinite(value)) {
        throw unreadable("a value is no number");
    }
    return value;
}

/// The decimals that all of them have; nothing when one has none.
std::optional<std::size_t> common_decimals(std::vector<double> const& all) {
    std::size_t decimals = 0;
    for (auto const value : all) {
        auto const found = decimals_of(value, decimals);
        if (!found) {
            return std::nullopt;
        }
        decimals = *found;
    }
    bool const fit =
        std::ranges::all_of(all, [&](double value) { return scaled(value, decimals).has_value(); });
    return fit ? std::optional(decimals) : std::nullopt;
}

} // namespace

void write_number(archive::writer& to, double value) {
    auto const decimals = decimals_of(value, 0);
    if (decimals) {
        to.number((zigzag(*scaled(value, *decimals)) << bits_of_form) | *decimals);
    } else {
        to.number(raw);
        to.bytes(raw_bytes(std::bit_cast<std::uint64_t>(value)));
    }
}

double read_number(archive::reader& from) {
    auto const written = from.number();
    auto const form = written & ((1U << bits_of_form) - 1);
    return finite(form == raw ? std::bit_cast<double>(bits_in(from.bytes(bytes_of_raw)))
                              : unscaled(unzigzag(written >> bits_of_form), form));
}

// By differences, in the largest unit that all of them are made of: memory grows by pages.
void write_column(archive::writer& to, std::vector<double> const& all) {
    auto const decimals = common_decimals(all);
    if (!decimals) {
        to.number(raw);
        std::uint64_t before = 0;
        for (auto const value : all) {
            auto const bits = std::bit_cast<std::uint64_t>(value);
            to.bytes(raw_bytes(bits ^ before));
            before = bits;
        }
        return;
    }
    to.number(*decimals);
    if (all.empty()) {
        return;
    }
    std::vector<std::int64_t> differences;
    differences.reserve(all.size());
    std::int64_t before = *scaled(all.front(), *decimals);
    to.difference(before);
    std::int64_t unit = 0;
    for (auto const value : all) {
        auto const whole = *scaled(value, *decimals);
        differences.push_back(whole - before);
        unit = std::gcd(unit, differences.back());
        before = whole;
    }
    to.number(static_cast<std::uint64_t>(unit));
    if (unit == 0) {
        return; // all are the same
    }
    for (std::size_t at = 1; at < differences.size(); ++at) {
        to.difference(differences[at] / unit);
    }
}

std::vector<double> read_column(archive::reader& from, std::size_t count) {
    std::vector<double> all;
    auto const form = from.number();
    if (form == raw) {
        all.reserve(count);
        std::uint64_t bits = 0;
        for (std::size_t at = 0; at < count; ++at) {
            bits ^= bits_in(from.bytes(bytes_of_raw));
            all.push_back(finite(std::bit_cast<double>(bits)));
        }
        return all;
    }
    if (count == 0) {
        return all;
    }
    // Of one that is damaged it may run over: with a sign that is no error.
    auto whole = static_cast<std::uint64_t>(from.difference());
    auto const unit = from.number();
    all.assign(count, unscaled(static_cast<std::int64_t>(whole), form));
    for (std::size_t at = 1; at < count && unit != 0; ++at) {
        whole += static_cast<std::uint64_t>(from.difference()) * unit;
        all[at] = unscaled(static_cast<std::int64_t>(whole), form);
    }
    return all;
}

} // namespace trafikito::server::values
