// What becomes of a report that is sealed where it was gathered: whenever the agent is killed, or
// the power fails, it is there whole or not at all.
#include "agent/persistence/sealed_report.hpp"

#include "base/checksum.hpp"
#include "test/agent/persistence/sealed_fixture.hpp"
#include "test/support/file_size_limit.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <random>

using namespace trafikito;
namespace fs = std::filesystem;
namespace persistence = agent::persistence;

namespace {

constexpr std::size_t page = 4096;

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(sealed_report, test::sealed_fixture)

BOOST_AUTO_TEST_CASE(reports_that_are_accepted_at_once_are_written_into_one_file_over_and_over) {
    persistence::report_spool spool(directory);
    ino_t first = 0;
    for (auto const* text : {"one\n", "two\n", "three\n"}) {
        BOOST_TEST(keep(spool, text) == "");
        BOOST_TEST(sealed());
        BOOST_TEST(spool.count() == 1U);
        BOOST_TEST(test::text_of(spool.oldest({})->content) == text);
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(!sealed());
        BOOST_TEST(spool.count() == 0U);
        BOOST_TEST(spool.size() == 0U);
        first = first == 0 ? inode() : first;
        BOOST_TEST(inode() == first);
        BOOST_TEST(fs::file_size(tmp_file) == page);
    }
    BOOST_TEST(fs::is_empty(directory));
    BOOST_TEST(next_agent_finds().empty());
}

BOOST_AUTO_TEST_CASE(killed_within_any_write_of_a_seal_the_report_is_there_whole_or_not_at_all) {
    for (std::size_t size : {10U, 3'000U, 9'000U}) {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, std::string(size, 'a')) == "");
        BOOST_TEST(spool.accepted(number) == "");
        auto const before = test::read_file(tmp_file);
        auto const next = std::string(size + 20, 'b');
        BOOST_TEST(keep(spool, next) == "");
        auto const after = test::read_file(tmp_file);
        BOOST_REQUIRE(before.size() == after.size());
        BOOST_TEST(spool.accepted(number) == "");
        for (std::size_t written = 0; written <= after.size(); ++written) {
            auto const torn = after.substr(0, written) + before.substr(written);
            if (written > 0 && written < after.size() - 700 && written % 61 != 0) {
                continue; // within the report itself one place is like another
            }
            put(torn);
            auto const found = next_agent_finds();
            BOOST_REQUIRE((found == (torn == after ? texts{next} : texts{})));
            // Its last line is written by one call, last: a part of that is no doing of a kill.
            BOOST_REQUIRE((damage.empty() || after.size() - written < 60));
            fs::remove(tmp_file.string() + ".damaged");
        }
        fs::remove(tmp_file);
    }
}

BOOST_AUTO_TEST_CASE(a_seal_whose_trailer_is_damaged_is_set_aside_and_said) {
    {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one\n") == "");
    }
    auto const whole = test::read_file(tmp_file);
    auto const json = whole.find("{\"");
    BOOST_REQUIRE(json != std::string::npos);
    for (auto const at : {json, json + 20, whole.find('\n', json)}) {
        auto bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 4);
        put(bytes);
        BOOST_TEST(next_agent_finds().empty());
        BOOST_TEST(damage.ends_with(".damaged"), damage);
        BOOST_TEST(test::read_file(tmp_file.string() + ".damaged") == bytes);
        BOOST_TEST(!fs::exists(tmp_file));
    }
}

// The configuration named another file when its agent was killed.

// Of a seal that was not waited for the disk has any of its pages.

BOOST_AUTO_TEST_CASE(without_power_a_seal_that_is_not_all_there_is_no_report_and_is_said) {
    persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, std::string(5 * page, 'a')) == "");
    BOOST_TEST(spool.accepted(number) == "");
    auto const before = test::read_file(tmp_file);
    auto const next = std::string(5 * page, 'b');
    BOOST_TEST(keep(spool, next) == "");
    auto const after = test::read_file(tmp_file);
    auto const pages = after.size() / page;
    BOOST_REQUIRE(pages == 6U);
    BOOST_REQUIRE(before.size() == after.size());
    for (unsigned there = 0; there < 1U << pages; ++there) {
        auto left = before;
        for (std::size_t one = 0; one < pages; ++one) {
            if ((there >> one & 1U) != 0) {
                left.replace(one * page, page, after, one * page, page);
            }
        }
        put(left);
        auto const found = next_agent_finds();
        BOOST_REQUIRE((found == (left == after ? texts{next} : texts{})));
        bool const ends_sealed = (there >> (pages - 1) & 1U) != 0;
        BOOST_REQUIRE((damage.empty() == (left == after || !ends_sealed)));
    }
    BOOST_TEST(fs::exists(tmp_file.string() + ".damaged"));
}

BOOST_AUTO_TEST_CASE(a_byte_of_a_sealed_report_that_changed_is_damage_and_set_aside) {
    persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "precious\n") == "");
    auto bytes = test::read_file(tmp_file);
    bytes[3] ^= 1;
    put(bytes);
    BOOST_TEST(next_agent_finds().empty());
    BOOST_TEST(damage == tmp_file.string() + ".damaged");
    BOOST_TEST(test::read_file(damage) == bytes);
}

// What a command prints can look like anything, also like the end of a sealed report.

BOOST_AUTO_TEST_CASE(while_a_report_is_gathered_the_end_of_the_file_is_none_of_it) {
    persistence::trailer forged{.facts = facts_of("forged"), .identity = identity};
    forged.report_sum = base::checksum("");
    auto const end = persistence::format_trailer(forged);
    persistence::report_spool spool(directory);
    for (int cycle = 0; cycle < 2; ++cycle) { // a new file, and one that is written over
        persistence::report_file report(tmp_file);
        std::string all;
        std::mt19937 engine(1);
        while (all.size() < 1'000'000) {
            auto piece = std::string(engine() % 100'000, 'x') + end;
            if (engine() % 2 == 0) { // up to the end of a block
                piece.insert(0, page - (all.size() + piece.size()) % page, 'y');
            }
            report.append(piece);
            all += piece;
            BOOST_REQUIRE(!sealed());
        }
        BOOST_TEST(report.problem() == "");
        BOOST_TEST((test::text_of(report.content()) == all));
        BOOST_TEST(spool.keep(report, facts_of("x"), number) == "");
        BOOST_TEST(sealed());
        BOOST_TEST((test::text_of(spool.oldest({})->content) == all));
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(!sealed());
    }
}

BOOST_AUTO_TEST_CASE(a_file_shrinks_only_when_a_report_needs_less_than_half) {
    persistence::report_spool spool(directory);
    auto const size_after = [&](std::size_t size) {
        auto const text = std::string(size, 'x');
        BOOST_TEST(keep(spool, text) == "");
        BOOST_TEST((test::text_of(spool.oldest({})->content) == text));
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(!sealed());
        return fs::file_size(tmp_file) / page;
    };
    BOOST_TEST(size_after(10) == 1U);
    BOOST_TEST(size_after(7 * page) == 8U);
    BOOST_TEST(size_after(4 * page) == 8U);
    BOOST_TEST(size_after(2 * page) == 3U);
    BOOST_TEST(size_after(200 * page) <= 402U);
    BOOST_TEST(size_after(10) == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_full_disk_did_not_take_is_not_found_by_the_next_agent) {
    persistence::report_spool spool(directory);
    {
        test::file_size_limit const small(page);
        BOOST_TEST(keep(spool, std::string(page, 'x')) != "");
        BOOST_TEST(spool.count() == 0U);
        BOOST_TEST(keep(spool, "small\n") == "");
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(keep(spool, std::string(100'000, 'x')) != "");
    }
    BOOST_TEST(next_agent_finds().empty());
    BOOST_TEST(damage == "");
}

BOOST_AUTO_TEST_SUITE_END()
