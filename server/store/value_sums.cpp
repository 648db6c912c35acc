#include "server/store/value_sums.hpp"

#include "server/values/number.hpp"

#include <algorithm>

namespace trafikito::server::store {

namespace {

constexpr int digits_of_average = 6;

std::int64_t beginning(std::int64_t at, std::int64_t step) {
    auto const over = at % step;
    return at - (over < 0 ? over + step : over);
}

} // namespace

// Mostly the next one belongs to the last point, or behind it: what is late finds its place.
void value_sums::add(std::vector<summed_point>& to, summed_point const& one) {
    if (one.at < from_ || one.at >= to_) {
        return;
    }
    auto what = one;
    if (step_ != 0) {
        what.at = beginning(one.at, step_);
    }
    auto place = to.end();
    if (!to.empty() && to.back().at == what.at && step_ != 0) {
        --place;
    } else if (!to.empty() && to.back().at > what.at) {
        place = step_ == 0 ? std::ranges::upper_bound(to, what.at, {}, &summed_point::at)
                           : std::ranges::lower_bound(to, what.at, {}, &summed_point::at);
    }
    if (step_ == 0 || place == to.end() || place->at != what.at) {
        to.insert(place, what);
        ++size_;
        return;
    }
    auto const before = static_cast<double>(place->count);
    auto const more = static_cast<double>(what.count);
    place->average += (what.average - place->average) * (more / (before + more));
    place->minimum = std::min(place->minimum, what.minimum);
    place->maximum = std::max(place->maximum, what.maximum);
    place->count += what.count;
}

void value_sums::add(std::int64_t at, std::vector<values::series_value> const& all) {
    for (auto const& one : all) {
        add(all_[one.series], {at, one.value, one.value, one.value, 1});
    }
}

void value_sums::add(values::value_block const& block) {
    bool const thinned = block.step != 0;
    for (auto const& column : block.columns) {
        auto& to = all_[column.series];
        for (std::size_t at = 0; at < column.places.size(); ++at) {
            auto const value = column.average[at];
            auto const count = thinned ? std::max<std::uint32_t>(column.count[at], 1) : 1;
            add(to, {block.times[column.places[at]], value, thinned ? column.minimum[at] : value,
                     thinned ? column.maximum[at] : value, count});
        }
    }
}

value_sums::points value_sums::take() {
    std::erase_if(all_, [](auto const& each) { return each.second.empty(); });
    return std::move(all_);
}

values::value_block block_of(value_sums::points const& all, std::int64_t step) {
    values::value_block block{.step = step, .times = {}, .columns = {}};
    for (auto const& [series, points] : all) {
        for (auto const& one : points) {
            block.times.push_back(one.at);
        }
    }
    std::ranges::sort(block.times);
    auto const [first, last] = std::ranges::unique(block.times);
    block.times.erase(first, last);
    for (auto const& [series, points] : all) {
        auto& column = block.columns.emplace_back();
        column.series = series;
        std::size_t place = 0;
        for (auto const& one : points) {
            while (block.times[place] != one.at) {
                ++place;
            }
            if (!column.places.empty() && column.places.back() == place) {
                continue; // two at the same moment: the first one stands
            }
            column.places.push_back(static_cast<std::uint32_t>(place));
            column.average.push_back(step == 0 ? one.average
                                               : values::rounded(one.average, digits_of_average));
            if (step != 0) {
                column.minimum.push_back(one.minimum);
                column.maximum.push_back(one.maximum);
                column.count.push_back(one.count);
            }
        }
    }
    return block;
}

} // namespace trafikito::server::store
