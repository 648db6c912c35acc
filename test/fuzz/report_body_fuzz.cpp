// A report as a row of the database holds it, as a disk may give it back, and with a checksum that
// is right.
#include "base/checksum.hpp"
#include "server/archive/number_text.hpp"
#include "server/archive/report_body.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

void read(std::string_view text) {
    try {
        auto const read = server::archive::read_body(text);
        auto const again = server::archive::write_body(read.outputs, read.results);
        auto const same = server::archive::read_body(again);
        must(same.outputs.size() == read.outputs.size() && same.results == read.results,
             "what is written is what was read");
        for (std::size_t at = 0; at < same.outputs.size(); ++at) {
            must(same.outputs[at].command == read.outputs[at].command &&
                     same.outputs[at].bytes == read.outputs[at].bytes,
                 "each output is");
        }
    } catch (server::archive::unreadable const&) {
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    read(text);
    std::string body(text);
    auto const sum = base::checksum(text);
    for (unsigned shift = 0; shift < 32; shift += 8) {
        body += static_cast<char>(sum >> shift);
    }
    read(body);
    return 0;
}
