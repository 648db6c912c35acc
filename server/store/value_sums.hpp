#pragma once
// Values of a server put together: as they came, or so many milliseconds of them in one point, each
// with its average, minimum and maximum. What is read for a chart, and what a block is thinned to.

#include "server/values/series_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace trafikito::server::store {

struct summed_point {
    std::int64_t at = 0; ///< milliseconds
    double average = 0;
    double minimum = 0;
    double maximum = 0;
    std::uint32_t count = 0; ///< of values that came
};

class value_sums {
public:
    /// Of those from `from` on and before `to`; `step` 0: as they came.
    value_sums(std::int64_t from, std::int64_t to, std::int64_t step)
        : from_(from), to_(to), step_(step) {}

    void add(std::int64_t at, std::vector<values::series_value> const& all);
    void add(values::value_block const& block);

    [[nodiscard]] std::size_t size() const { return size_; } ///< points, of all series

    /// In the order of time; those of one series.
    using points = std::map<std::int64_t, std::vector<summed_point>>;
    points take();

private:
    void add(std::vector<summed_point>& to, summed_point const& one);

    std::int64_t from_;
    std::int64_t to_;
    std::int64_t step_;
    std::size_t size_ = 0;
    points all_;
};

/// A block of all of them, without bounds of its own.
values::value_block block_of(value_sums::points const& all, std::int64_t step);

} // namespace trafikito::server::store
