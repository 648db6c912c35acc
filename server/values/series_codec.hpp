#pragma once
// Values as they lie in the database: those of one report as they came (a row of fresh_values), and
// those of many, packed column by column (a row of value_blocks). Both with a checksum. Knows no
// database; what it reads may be damaged.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

struct series_value {
    std::int64_t series = 0;
    double value = 0; ///< finite

    friend bool operator==(series_value const&, series_value const&) = default;
};

std::string write_fresh(std::span<series_value const> all);
/// Throws archive::unreadable, as does read_block().
std::vector<series_value> read_fresh(std::string_view body);

/// One series in a block: at some of its times.
struct value_column {
    std::int64_t series = 0;
    std::vector<std::uint32_t> places; ///< among the times, rising
    std::vector<double> average;       ///< as many as places; as they came where nothing is thinned
    // Of a thinned block alone, as many each.
    std::vector<double> minimum;
    std::vector<double> maximum;
    std::vector<std::uint32_t> count; ///< of values that came
};

struct value_block {
    std::int64_t step = 0; ///< milliseconds of one point; 0: as they came
    std::vector<std::int64_t>
        times; ///< milliseconds, rising; of a thinned block where a step begins
    std::vector<value_column> columns; ///< by series, rising
};

inline constexpr std::size_t max_block_times = 2048;
inline constexpr std::size_t max_block_series = 1024;
/// Of a block, unpacked; what would be larger is made of fewer rows.
inline constexpr std::size_t max_block_bytes = 64UL * 1024 * 1024;

std::string write_block(value_block const& block);
value_block read_block(std::string_view body);

} // namespace trafikito::server::values
