#include "agent/persistence/report_spool.hpp"

#include "agent/persistence/report_file.hpp"
#include "test/agent/fake_api.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace trafikito;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

base::timestamp at(std::chrono::milliseconds up) {
    return {1'700'000'000'000ms + up, up, "a boot"};
}

struct spool_fixture {
    /// A report of that text goes through tmp_file into the spool.
    std::string keep(agent::persistence::report_spool& spool, std::string const& text,
                     std::chrono::milliseconds collected = 0ms) {
        agent::persistence::report_file report(tmp_file);
        report.writer().output(text);
        report.writer().finish();
        agent::persistence::report_metadata facts{"id of " + text, "token of " + text,
                                                  at(collected), 3s, "[]"};
        auto problem = spool.keep(report, facts, number);
        return problem.empty() ? spool.park() : problem;
    }

    /// What would be sent, oldest first, as if all of it were accepted.
    static std::vector<std::string> drain(agent::persistence::report_spool& spool) {
        std::vector<std::string> texts;
        while (auto const one = spool.oldest({})) {
            texts.push_back(test::text_of(one->content));
            BOOST_TEST(spool.accepted(one->number) == "");
        }
        return texts;
    }

    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
    }

    test::temporary_directory here;
    fs::path directory = here.path() / "spool";
    fs::path tmp_file = here.path() / "trafikito.tmp";
    std::uint64_t number = 0;
};

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(report_spool, spool_fixture)

BOOST_AUTO_TEST_CASE(what_was_kept_comes_out_oldest_first_also_after_a_restart) {
    {
        agent::persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one") == "");
        BOOST_TEST(keep(spool, "two") == "");
    }
    agent::persistence::report_spool again(directory);
    BOOST_TEST(again.count() == 2U);
    BOOST_TEST(keep(again, "three") == "");
    BOOST_TEST((drain(again) == texts{"one\n", "two\n", "three\n"}));
    BOOST_TEST(files() == 0U);
    BOOST_TEST(again.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_report_keeps_what_belongs_to_it) {
    agent::persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "one", 5s) == "");
    auto const found = agent::persistence::report_spool(directory).oldest({});
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST((found->facts == agent::persistence::report_metadata{"id of one", "token of one",
                                                                    at(5s), 3s, "[]"}));
    BOOST_TEST(found->number == number);
}

BOOST_AUTO_TEST_CASE(tmp_file_moves_and_nobody_else_may_read_it) {
    agent::persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "one") == "");
    BOOST_TEST(!fs::exists(tmp_file));
    BOOST_TEST((fs::status(directory).permissions() == fs::perms(0700)));
    BOOST_TEST(
        (fs::status(directory / "0000000000000001.report").permissions() == fs::perms(0600)));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_set_aside_and_named) {
    {
        agent::persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one") == "");
        BOOST_TEST(keep(spool, "two") == "");
    }
    fs::resize_file(directory / "0000000000000001.report", 20);
    agent::persistence::report_spool again(directory);
    BOOST_TEST(again.damage() == (directory / "0000000000000001.report.damaged").string());
    BOOST_TEST((drain(again) == texts{"two\n"}));
}

BOOST_AUTO_TEST_CASE(no_truncation_and_no_flipped_bit_of_a_trailer_passes) {
    agent::persistence::report_metadata const facts{"an id", "a token", at(1s), 7s, "[]"};
    auto const whole = agent::persistence::format_trailer(
        {.facts = facts, .report_size = 12'345, .number = 7, .identity = "0123"});
    auto const read = agent::persistence::parse_trailer(whole);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->facts == facts));
    BOOST_TEST(read->report_size == 12'345U);
    BOOST_TEST((agent::persistence::trailer_size(whole.substr(
                    whole.size() - agent::persistence::trailer_end_size)) == whole.size()));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_REQUIRE(!agent::persistence::parse_trailer(whole.substr(0, size)).has_value());
    }
    auto const sizes =
        whole.size() - agent::persistence::trailer_end_size + 19; // what follows is no checksum's
    for (std::size_t at = 0; at < sizes; ++at) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        BOOST_REQUIRE(!agent::persistence::parse_trailer(damaged).has_value());
    }
}

BOOST_AUTO_TEST_CASE(what_others_put_there_is_neither_followed_nor_sent) {
    auto const victim = here.write("victim", "precious");
    fs::create_directory(directory);
    fs::create_symlink(victim, directory / "0000000000000007.report");
    (void)here.write("spool/README", "mine");
    agent::persistence::report_spool spool(directory);
    BOOST_TEST(spool.count() == 0U);
    BOOST_TEST(keep(spool, "one") == "");
    BOOST_TEST(number == 8U);
    BOOST_TEST((drain(spool) == texts{"one\n"}));
    BOOST_TEST(test::read_file(victim) == "precious");
    BOOST_TEST(test::read_file(directory / "README") == "mine");
}

BOOST_AUTO_TEST_CASE(a_link_in_the_place_of_the_directory_is_not_followed) {
    fs::create_directory(here.path() / "elsewhere");
    fs::create_directory_symlink(here.path() / "elsewhere", directory);
    agent::persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "one") != "");
    BOOST_TEST(fs::is_empty(here.path() / "elsewhere"));
}

BOOST_AUTO_TEST_CASE(a_refused_report_does_not_block_those_behind_it) {
    agent::persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "one") == "");
    BOOST_TEST(keep(spool, "two") == "");
    base::clock::steady_time const now;
    spool.refused(1, now);
    BOOST_TEST(spool.oldest(now)->number == 2U);
    BOOST_TEST(spool.oldest(now + 59min)->number == 2U);
    BOOST_TEST(spool.oldest(now + 1h)->number == 1U);
    BOOST_TEST(agent::persistence::report_spool(directory).oldest(now)->number == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_too_old_goes_whatever_the_wall_clock_says) {
    agent::persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "one", 0s) == "");
    BOOST_TEST(keep(spool, "two", 10min) == "");
    agent::persistence::spool_limits const limits{1'000'000, 1h};
    auto now = at(1h);
    for (auto const jump : {-24h * 365, 24h * 365}) {
        now.wall = 1'700'000'000'000ms + jump;
        BOOST_TEST(spool.forget(limits, now).too_old == 0U);
    }
    BOOST_TEST(spool.forget(limits, at(1h + 1ms)).too_old == 1U);
    BOOST_TEST((drain(spool) == texts{"two\n"}));
}

BOOST_AUTO_TEST_CASE(of_too_many_the_oldest_go) {
    agent::persistence::report_spool spool(directory);
    for (auto const* text : {"one", "two", "three"}) {
        BOOST_TEST(keep(spool, text) == "");
    }
    agent::persistence::spool_limits const limits{spool.size() - 1, 24h};
    auto const gone = spool.forget(limits, at(0s));
    BOOST_TEST(gone.too_large == 1U);
    BOOST_TEST(gone.too_old == 0U);
    BOOST_TEST((drain(spool) == texts{"two\n", "three\n"}));
}

BOOST_AUTO_TEST_CASE(a_directory_that_was_removed_is_made_again) {
    agent::persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "one") == "");
    fs::remove_all(directory);
    BOOST_TEST(keep(spool, "two") == "");
    BOOST_TEST((drain(spool) == texts{"two\n"}));
}

BOOST_AUTO_TEST_CASE(a_report_that_was_not_kept_can_still_be_sent) {
    (void)here.write("spool", "a file in its place");
    agent::persistence::report_spool spool(directory);
    agent::persistence::report_file report(tmp_file);
    report.writer().output("text\n");
    BOOST_TEST(spool.keep(report, {}, number).find("Not a directory") != std::string::npos);
    BOOST_TEST(test::text_of(report.content()) == "text\n");
    BOOST_TEST(spool.count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
