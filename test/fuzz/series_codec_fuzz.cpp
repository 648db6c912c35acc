// Values as a row or a block of the database holds them, as a disk may give them back, and with a
// checksum that is right.
#include "base/checksum.hpp"
#include "server/archive/compression.hpp"
#include "server/archive/number_text.hpp"
#include "server/values/series_codec.hpp"
#include "test/fuzz/fuzz.hpp"

#include <cmath>

using namespace trafikito;
using namespace trafikito::fuzz;
using namespace trafikito::server;

namespace {

void read_row(std::string_view text) {
    try {
        auto const read = values::read_fresh(text);
        for (auto const& one : read) {
            must(std::isfinite(one.value), "a value is a number");
        }
        must(values::read_fresh(values::write_fresh(read)) == read,
             "what is written is what was read");
    } catch (archive::unreadable const&) {
    }
}

void read_block(std::string_view text) {
    try {
        auto const read = values::read_block(text);
        must(read.times.size() <= values::max_block_times, "it has so many times at most");
        for (auto const& one : read.columns) {
            must(one.average.size() == one.places.size(), "each value has a place");
            must(read.step == 0 || (one.minimum.size() == one.places.size() &&
                                    one.maximum.size() == one.places.size() &&
                                    one.count.size() == one.places.size()),
                 "so has each bound");
            for (std::size_t at = 0; at < one.places.size(); ++at) {
                must(one.places[at] < read.times.size(), "a place has a time");
                must(at == 0 || one.places[at] > one.places[at - 1], "places rise");
                must(std::isfinite(one.average[at]), "a value is a number");
            }
        }
        auto const same = values::read_block(values::write_block(read));
        must(same.times == read.times && same.columns.size() == read.columns.size(),
             "what is written is what was read");
        for (std::size_t at = 0; at < read.columns.size(); ++at) {
            must(same.columns[at].average == read.columns[at].average, "each column is");
        }
    } catch (archive::unreadable const&) {
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    read_row(text);
    read_block(text);
    std::string row(text);
    auto const sum = base::checksum(text);
    for (unsigned shift = 0; shift < 32; shift += 8) {
        row += static_cast<char>(sum >> shift);
    }
    read_row(row);
    archive::writer block;
    block.bytes("\x01");
    block.number(text.size());
    block.bytes(archive::compressor().compress(text));
    read_block(block.so_far());
    return 0;
}
