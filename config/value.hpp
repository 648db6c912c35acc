#pragma once
// Durations, sizes, counts, yes/no: one value from its text. Keys and command options are read with
// these. Strict: what is not exactly one of the forms below is a problem, never a guess. Pure text.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::config {

/// A value, or why there is none. `problem` is written to follow a name: `must be a number, not
/// "x"`.
template <class T>
struct parsed {
    std::optional<T> value;
    std::string problem;
};

/// `500ms 30s 5m 1h 2d`; a bare number is seconds. Units in lower case, no blank, sign or fraction.
parsed<std::chrono::milliseconds> parse_duration(std::string_view text,
                                                 std::chrono::milliseconds minimum,
                                                 std::chrono::milliseconds maximum);

/// `64KiB 1MiB 2GiB 1TiB` and, as systemd writes them, `64K 1M 2G 1T`: all powers of 1024, in any
/// case; `512B` and a bare number are bytes. `kB`, `MB` and the like are refused: some mean 1000,
/// some 1024.
parsed<std::uint64_t> parse_size(std::string_view text, std::uint64_t minimum,
                                 std::uint64_t maximum);

/// Decimal digits, with a `-` in front where the minimum is negative.
parsed<std::int64_t> parse_count(std::string_view text, std::int64_t minimum, std::int64_t maximum);

/// `yes true on 1` and `no false off 0`, in any case.
parsed<bool> parse_yes_no(std::string_view text);

/// The largest unit without a remainder: `24h`, `90s`, `500ms`; days from two on (`7d`).
std::string format_duration(std::chrono::milliseconds value);

/// `1MiB`, `64KiB`, `1000B`.
std::string format_size(std::uint64_t bytes);

} // namespace trafikito::config
