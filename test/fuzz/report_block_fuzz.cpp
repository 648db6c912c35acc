// A block of reports, as a disk may give it back; and reports made of the input, which come out of
// a block as they went in.
#include "server/archive/number_text.hpp"
#include "server/archive/report_block.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace trafikito;
using namespace trafikito::fuzz;
using namespace trafikito::server::archive;

namespace {

void read_damaged(std::string_view text) {
    try {
        block_reader const block(text);
        must(block.heads().size() <= max_packed_reports, "there are no more than fit");
        std::size_t const few = std::min<std::size_t>(block.heads().size(), 3);
        for (std::size_t report = 0; report < few; ++report) {
            (void)block.outputs(report);
            (void)block.results(report);
        }
        (void)block.outputs_of("x");
        block.check();
    } catch (unreadable const&) {
    }
}

/// Each line is a report, each word of it a command and what it printed.
void pack_and_read(std::string_view text) {
    block_writer writer;
    std::vector<std::string> bodies;
    while (!text.empty()) {
        auto [line, rest] = split(text, '\n');
        text = rest;
        std::vector<output_view> outputs;
        for (auto words = line; !words.empty();) {
            auto const [word, more] = split(words, ' ');
            words = more;
            outputs.push_back({word.substr(0, 1), word});
        }
        auto body = write_body(outputs, line);
        report_head head;
        head.number = static_cast<std::int64_t>(bodies.size());
        if (!writer.add(head, body)) {
            break;
        }
        bodies.push_back(std::move(body));
    }
    auto const packed = writer.finish();
    block_reader const block(packed);
    block.check();
    must(block.heads().size() == bodies.size(), "all are there");
    for (std::size_t report = 0; report < bodies.size(); ++report) {
        auto const expected = read_body(bodies[report]);
        auto const found = block.outputs(report);
        must(block.results(report) == expected.results, "results are as they were");
        must(std::ranges::equal(found, expected.outputs,
                                [](auto const& one, auto const& other) {
                                    return one.command == other.command && one.bytes == other.bytes;
                                }),
             "outputs are as they were");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    read_damaged(text);
    if (size < 4096) {
        pack_and_read(text);
    }
    return 0;
}
