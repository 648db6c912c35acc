#include "server/values/series_codec.hpp"

#include "base/checksum.hpp"
#include "server/archive/compression.hpp"
#include "server/archive/number_text.hpp"
#include "server/values/number_column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trafikito::server::values {

namespace {

using archive::reader;
using archive::unreadable;
using archive::writer;

constexpr char fresh_form = 1; ///< a later form has another
constexpr char block_form = 1;
constexpr std::size_t sum_size = 4;
constexpr std::size_t max_fresh = 4096; ///< values of a report that are read

std::string sum_of(std::string_view text) {
    auto sum = base::checksum(text);
    std::string bytes;
    for (std::size_t at = 0; at < sum_size; ++at) {
        bytes += static_cast<char>(sum & 0xFFU);
        sum >>= 8U;
    }
    return bytes;
}

/// Rising numbers, by their differences.
void write_rising(writer& to, std::int64_t& before, std::int64_t value) {
    to.difference(value - before);
    before = value;
}

std::int64_t read_rising(reader& from, std::int64_t& before) {
    auto const step = from.difference();
    constexpr std::int64_t most = std::int64_t{1} << 60;
    if (step > most || step < -most || before > most || before < -most) {
        throw unreadable("a number is out of all bounds");
    }
    before += step;
    return before;
}

/// Which of the times it has: nothing more where it has all.
void write_places(writer& to, std::vector<std::uint32_t> const& places, std::size_t times) {
    to.number(places.size() == times ? 0 : places.size() + 1);
    if (places.size() != times) {
        std::uint32_t before = 0;
        for (auto const place : places) {
            to.number(place - before);
            before = place;
        }
    }
}

std::vector<std::uint32_t> read_places(reader& from, std::size_t times) {
    auto const written = from.number();
    auto const count = written == 0 ? times : written - 1;
    if (count > times) {
        throw unreadable("a series has more values than there are times");
    }
    std::vector<std::uint32_t> places;
    places.reserve(count);
    std::uint64_t place = 0;
    for (std::size_t at = 0; at < count; ++at) {
        auto const step = written == 0 ? (at == 0 ? 0 : 1) : from.number();
        if (step >= times || (at != 0 && step == 0) || place + step >= times) {
            throw unreadable("a value has no time");
        }
        place += step;
        places.push_back(static_cast<std::uint32_t>(place));
    }
    return places;
}

} // namespace

std::string write_fresh(std::span<series_value const> all) {
    writer to;
    to.bytes({&fresh_form, 1});
    to.number(all.size());
    std::int64_t series = 0;
    for (auto const& one : all) {
        write_rising(to, series, one.series);
        write_number(to, one.value);
    }
    return to.so_far() + sum_of(to.so_far());
}

std::vector<series_value> read_fresh(std::string_view body) {
    if (body.size() <= sum_size || body.front() != fresh_form) {
        throw unreadable("it has a form that this program does not know");
    }
    auto const content = body.substr(0, body.size() - sum_size);
    if (body.substr(content.size()) != sum_of(content)) {
        throw unreadable("its checksum is another, so some of its bytes have changed");
    }
    reader from(content.substr(1));
    auto const count = from.count();
    if (count > max_fresh) {
        throw unreadable("it has too many values");
    }
    std::vector<series_value> all(count);
    std::int64_t series = 0;
    for (auto& one : all) {
        one.series = read_rising(from, series);
        one.value = read_number(from);
    }
    from.end();
    return all;
}

std::string write_block(value_block const& block) {
    writer content;
    content.number(static_cast<std::uint64_t>(block.step));
    content.number(block.times.size());
    std::int64_t before = 0;
    for (auto const at : block.times) {
        write_rising(content, before, at);
    }
    content.number(block.columns.size());
    before = 0;
    for (auto const& one : block.columns) {
        write_rising(content, before, one.series);
        write_places(content, one.places, block.times.size());
    }
    for (auto const& one : block.columns) {
        write_column(content, one.average);
        if (block.step != 0) {
            write_column(content, one.minimum);
            write_column(content, one.maximum);
            write_column(content, {one.count.begin(), one.count.end()});
        }
    }
    writer to;
    to.bytes({&block_form, 1});
    to.number(content.so_far().size());
    to.bytes(archive::compressor().compress(content.so_far()));
    return to.take();
}

value_block read_block(std::string_view body) {
    if (body.empty() || body.front() != block_form) {
        throw unreadable("it has a form that this program does not know");
    }
    reader head(body.substr(1));
    auto const size = head.number();
    if (size > max_block_bytes) {
        throw unreadable("it is larger than any that was written");
    }
    auto const content = archive::decompress(head.rest(), size);
    reader from(content);
    value_block block;
    auto const step = from.number();
    block.step = static_cast<std::int64_t>(std::min<std::uint64_t>(step, 1ULL << 40U));
    auto const times = from.count();
    if (times > max_block_times) {
        throw unreadable("it has too many times");
    }
    std::int64_t before = 0;
    for (std::size_t at = 0; at < times; ++at) {
        block.times.push_back(read_rising(from, before));
    }
    auto const columns = from.count();
    if (columns > max_block_series) {
        throw unreadable("it has too many series");
    }
    block.columns.resize(columns);
    before = 0;
    for (auto& one : block.columns) {
        one.series = read_rising(from, before);
        one.places = read_places(from, times);
    }
    for (auto& one : block.columns) {
        auto const count = one.places.size();
        one.average = read_column(from, count);
        if (block.step != 0) {
            one.minimum = read_column(from, count);
            one.maximum = read_column(from, count);
            for (auto const number : read_column(from, count)) {
                bool const fits = number >= 0 && number <= std::numeric_limits<std::int32_t>::max();
                one.count.push_back(fits ? static_cast<std::uint32_t>(number) : 1);
            }
        }
    }
    from.end();
    return block;
}

} // namespace trafikito::server::values
