// Values as they lie in the database.
#include "server/values/series_codec.hpp"

#include "server/archive/number_text.hpp"
#include "server/values/number.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace trafikito::server::values;
using trafikito::server::archive::unreadable;

std::vector<double> const awkward{0,
                                  -0.0,
                                  1,
                                  -1,
                                  0.1,
                                  0.42,
                                  1e-12,
                                  1e-13,
                                  1.0 / 3,
                                  -2.5e10,
                                  4503599627370497.0,
                                  1e300,
                                  -1e300,
                                  std::numeric_limits<double>::max(),
                                  std::numeric_limits<double>::min(),
                                  std::numeric_limits<double>::denorm_min(),
                                  99.99,
                                  1e15 + 0.5};

bool same(double one, double other) {
    return one == other && std::signbit(one) == std::signbit(other);
}

value_block block_of(std::vector<double> const& values, std::int64_t step = 0) {
    value_block block{.step = step, .times = {}, .columns = {}};
    value_column column;
    column.series = 7;
    for (std::size_t at = 0; at < values.size(); ++at) {
        block.times.push_back(1'800'000'000'000 + static_cast<std::int64_t>(at) * 60'013);
        column.places.push_back(static_cast<std::uint32_t>(at));
        column.average.push_back(values[at]);
        if (step != 0) {
            column.minimum.push_back(values[at] - 1);
            column.maximum.push_back(values[at] + 1);
            column.count.push_back(static_cast<std::uint32_t>(at + 1));
        }
    }
    block.columns.push_back(column);
    return block;
}

} // namespace

BOOST_AUTO_TEST_SUITE(series_codec)

BOOST_AUTO_TEST_CASE(a_row_is_read_as_it_was_written) {
    std::vector<series_value> all;
    std::int64_t series = 3;
    for (auto const value : awkward) {
        all.push_back({series, value});
        series += series;
    }
    auto const read = read_fresh(write_fresh(all));
    BOOST_REQUIRE(read.size() == all.size());
    for (std::size_t at = 0; at < all.size(); ++at) {
        BOOST_TEST(read[at].series == all[at].series);
        BOOST_TEST(same(read[at].value, all[at].value), all[at].value);
    }
    BOOST_TEST(read_fresh(write_fresh({})).empty());
}

BOOST_AUTO_TEST_CASE(a_block_is_read_as_it_was_written) {
    std::mt19937 random(1);
    std::vector<double> walk;
    for (double at = 5; walk.size() < 1000;) {
        at = rounded(at + static_cast<double>(random() % 100) - 50, 5);
        walk.push_back(at);
    }
    for (auto const& values :
         {awkward, std::vector<double>(500, 12.5), walk, std::vector<double>{42}}) {
        for (auto const step : {0, 300'000}) {
            auto const block = block_of(values, step);
            auto const read = read_block(write_block(block));
            BOOST_TEST(read.step == step);
            BOOST_TEST(read.times == block.times);
            BOOST_REQUIRE(read.columns.size() == 1U);
            auto const& column = read.columns[0];
            BOOST_TEST(column.series == 7);
            BOOST_TEST((column.places == block.columns[0].places));
            for (std::size_t at = 0; at < values.size(); ++at) {
                BOOST_TEST(same(column.average[at], values[at]), values[at]);
            }
            BOOST_TEST((column.minimum == block.columns[0].minimum));
            BOOST_TEST((column.maximum == block.columns[0].maximum));
            BOOST_TEST((column.count == block.columns[0].count));
        }
    }
    BOOST_TEST(read_block(write_block({})).columns.empty());
}

BOOST_AUTO_TEST_CASE(a_series_may_have_values_at_some_times_alone) {
    auto block = block_of({1, 2, 3, 4});
    value_column sparse;
    sparse.series = 9;
    sparse.places = {1, 3};
    sparse.average = {5, 6};
    value_column none;
    none.series = 11;
    block.columns.push_back(sparse);
    block.columns.push_back(none);
    auto const read = read_block(write_block(block));
    BOOST_REQUIRE(read.columns.size() == 3U);
    BOOST_TEST((read.columns[1].places == sparse.places));
    BOOST_TEST((read.columns[1].average == sparse.average));
    BOOST_TEST(read.columns[2].places.empty());
}

// Of what is constant nothing is left but the block's own bytes, and of memory that grows by pages
// a few bytes a value.
BOOST_AUTO_TEST_CASE(what_hardly_changes_takes_next_to_nothing) {
    BOOST_TEST(write_block(block_of(std::vector<double>(1000, 25276502016.0))).size() < 100U);
    std::mt19937 random(2);
    std::vector<double> memory;
    for (double at = 4e9; memory.size() < 1000;) {
        at += (static_cast<double>(random() % 200) - 100) * 4096;
        memory.push_back(at);
    }
    BOOST_TEST(write_block(block_of(memory)).size() < 2500U);
}

BOOST_AUTO_TEST_CASE(whatever_a_disk_changes_is_noticed_or_harmless) {
    auto const row = write_fresh(std::vector<series_value>{{1, 0.5}, {2, 1.0 / 3}});
    for (std::size_t at = 0; at < row.size(); ++at) {
        auto other = row;
        other[at] = static_cast<char>(other[at] ^ 4);
        BOOST_CHECK_THROW(read_fresh(other), unreadable);
        BOOST_CHECK_THROW(read_fresh(row.substr(0, at)), unreadable);
    }
    auto const block = write_block(block_of(awkward));
    for (std::size_t at = 0; at < block.size(); ++at) {
        auto other = block;
        other[at] = static_cast<char>(other[at] ^ 4);
        BOOST_CHECK_THROW(read_block(other), unreadable);
        BOOST_CHECK_THROW(read_block(block.substr(0, at)), unreadable);
    }
}

BOOST_AUTO_TEST_SUITE_END()
