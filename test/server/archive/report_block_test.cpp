#include "server/archive/report_block.hpp"

#include "server/archive/number_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace trafikito::server::archive;

report_head head_of(int number) {
    report_head head;
    head.number = number;
    head.received = 1'800'000'000'000 + number * 60'000;
    head.place = head.received - (number % 3 == 0 ? 5'000'000 : 0);
    head.kept_since = head.received - 7;
    if (number % 3 == 0) {
        head.collected = head.place;
    }
    if (number % 2 == 0) {
        head.took = number;
    }
    head.token = number % 4 == 0 ? "token " + std::to_string(number) : "";
    head.report_id = number % 5 == 0 ? "" : "id " + std::to_string(number);
    head.bytes = number * 10;
    return head;
}

/// With two outputs of one name, as a list of commands may have it.
std::string body_of(int number) {
    auto const text = "output " + std::to_string(number);
    std::string const long_one(static_cast<std::size_t>(number) * 100, 'x');
    return write_body({{"x", text}, {"y", long_one}, {"x", "again"}},
                      number % 2 == 0 ? "[" + std::to_string(number) + "]" : "");
}

std::string block_of(int count) {
    block_writer writer;
    for (int number = 0; number < count; ++number) {
        BOOST_REQUIRE(writer.add(head_of(number), body_of(number)));
    }
    return writer.finish();
}

bool holds(block_reader const& block, std::size_t place, std::string const& body) {
    auto const expected = read_body(body);
    auto const found = block.outputs(place);
    bool same = found.size() == expected.outputs.size() && block.results(place) == expected.results;
    for (std::size_t at = 0; same && at < found.size(); ++at) {
        same = found[at].command == expected.outputs[at].command &&
               found[at].bytes == expected.outputs[at].bytes;
    }
    return same;
}

BOOST_AUTO_TEST_SUITE(report_block)

BOOST_AUTO_TEST_CASE(what_was_packed_is_read) {
    auto const packed = block_of(64);
    block_reader const block(packed);
    block.check();
    BOOST_REQUIRE(block.heads().size() == 64U);
    for (int number = 0; number < 64; ++number) {
        auto const place = static_cast<std::size_t>(number);
        BOOST_TEST((block.heads()[place] == head_of(number)));
        BOOST_TEST(holds(block, place, body_of(number)));
    }
    auto const all = block.outputs_of("x");
    BOOST_TEST(all.size() == 128U);
    BOOST_TEST(block.outputs_of("y").at(5).bytes.size() == 500U);
    BOOST_TEST(block.outputs_of("z").empty());
}

BOOST_AUTO_TEST_CASE(a_writer_begins_anew_behind_each_block) {
    block_writer writer;
    writer.add(head_of(1), body_of(1));
    auto const first = writer.finish();
    writer.add(head_of(2), body_of(2));
    auto const second = writer.finish();
    BOOST_TEST(block_reader(first).heads().at(0).number == 1);
    BOOST_TEST(block_reader(second).heads().size() == 1U);
    BOOST_TEST(holds(block_reader(second), 0, body_of(2)));
}

BOOST_AUTO_TEST_CASE(a_block_is_full_at_its_bounds_but_takes_one_of_any_size) {
    block_writer writer;
    auto const large = write_body({{"x", std::string(max_packed + 1, 'x')}}, "");
    BOOST_TEST(writer.add(head_of(1), large));
    BOOST_TEST(!writer.add(head_of(2), body_of(2)));
    auto const packed = writer.finish();
    BOOST_TEST(holds(block_reader(packed), 0, large));
    for (std::size_t number = 0; number < max_packed_reports; ++number) {
        BOOST_REQUIRE(writer.add(head_of(1), body_of(1)));
    }
    BOOST_TEST(!writer.add(head_of(1), body_of(1)));
}

BOOST_AUTO_TEST_CASE(a_report_of_very_many_commands_is_packed_as_a_whole) {
    std::vector<std::string> names;
    for (int number = 0; number < 20'000; ++number) {
        names.push_back("command " + std::to_string(number));
    }
    std::vector<output_view> outputs;
    for (auto const& name : names) {
        outputs.push_back({name, name});
    }
    auto const body = write_body(outputs, "[]");
    block_writer writer;
    BOOST_TEST(writer.add(head_of(1), body_of(1)));
    BOOST_TEST(writer.add(head_of(2), body));
    BOOST_TEST(writer.add(head_of(3), body_of(3)));
    auto const packed = writer.finish();
    block_reader const block(packed);
    block.check();
    BOOST_TEST(holds(block, 0, body_of(1)));
    BOOST_TEST(holds(block, 1, body));
    BOOST_TEST(holds(block, 2, body_of(3)));
    auto const one = block.outputs_of("command 77");
    BOOST_REQUIRE(one.size() == 1U);
    BOOST_TEST(one[0].report == 1U);
    BOOST_TEST(one[0].bytes == "command 77");
}

BOOST_AUTO_TEST_CASE(a_body_that_cannot_be_read_leaves_the_block_as_it_was) {
    block_writer writer;
    writer.add(head_of(1), body_of(1));
    BOOST_CHECK_THROW(writer.add(head_of(2), "\x07"), unreadable);
    writer.add(head_of(3), body_of(3));
    auto const packed = writer.finish();
    block_reader const block(packed);
    block.check();
    BOOST_TEST(block.heads().size() == 2U);
    BOOST_TEST(holds(block, 1, body_of(3)));
}

BOOST_AUTO_TEST_CASE(what_was_cut_or_changed_anywhere_is_refused) {
    auto const packed = block_of(3);
    auto const read = [](std::string const& text) { block_reader(text).check(); };
    for (std::size_t size = 0; size < packed.size(); ++size) {
        BOOST_CHECK_THROW(read(packed.substr(0, size)), unreadable);
    }
    BOOST_CHECK_THROW(read(packed + "x"), unreadable);
    // A bit that means nothing to zstd may change, and then nothing else does.
    std::size_t refused = 0;
    for (std::size_t at = 0; at < packed.size(); ++at) {
        auto changed = packed;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        try {
            read(changed);
            block_reader const block(changed);
            for (int number = 0; number < 3; ++number) {
                auto const place = static_cast<std::size_t>(number);
                auto const found = block.outputs(place);
                BOOST_TEST(found.at(0).bytes == "output " + std::to_string(number));
                BOOST_TEST((block.heads()[place] == head_of(number)));
            }
        } catch (unreadable const&) {
            ++refused;
        }
    }
    BOOST_TEST(refused + 10 > packed.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
