#include "base/log.hpp"

#include "base/utf8.hpp"
#include "test/support/time_zone.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace trafikito;
using base::format_line;
using base::severity;
using format = base::log::format;

namespace trafikito::test { // not beside the C library's log()

namespace {

base::moment at(std::int64_t seconds) {
    return base::moment(std::chrono::seconds(seconds));
}

struct log_fixture {
    in_time_zone const zone{"IST-5:30"};
    std::string written;
    base::log to{[this](std::string_view line) { written += line; }, base::severity::info,
                 format::journal};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(log, log_fixture)

BOOST_AUTO_TEST_CASE(a_line_has_time_level_and_message) {
    BOOST_TEST(base::format_line(format::text, base::severity::info, "hello", at(1'700'000'000)) ==
               "2023-11-15T03:43:20.000+05:30 info    hello\n");
    BOOST_TEST(base::format_line(format::journal, base::severity::error, "hello", at(0)) ==
               "<3>hello\n");
}

BOOST_AUTO_TEST_CASE(a_json_line_is_one_object_whatever_the_message) {
    auto const line = base::format_line(format::json, base::severity::warning,
                                        "a \"quote\"\nand \x1b[31m", at(1'700'000'000));
    BOOST_TEST(line.find('\n') == line.size() - 1);
    auto const object = boost::json::parse(line).as_object();
    BOOST_TEST(object.at("time").as_string() == "2023-11-15T03:43:20.000+05:30");
    BOOST_TEST(object.at("level").as_string() == "warning");
    BOOST_TEST(object.at("message").as_string() == "a \"quote\" and ?[31m");
}

BOOST_AUTO_TEST_CASE(nobody_forges_a_second_line) {
    BOOST_TEST(base::format_line(format::journal, base::severity::info, "a\n<0>b\rc", at(0)) ==
               "<6>a <0>b?c\n");
}

BOOST_AUTO_TEST_CASE(nothing_that_a_terminal_obeys_reaches_a_line) {
    // CSI as one character of C1, right-to-left override, a line separator, no UTF-8.
    std::string const hostile = "\xc2\x9b"
                                "2J \xe2\x80\xae \xe2\x80\xa8 \xff \x1b]0;x\x07";
    auto const expected = "??2J ??? ??? ? ?]0;x?\n";
    BOOST_TEST(base::format_line(format::journal, base::severity::info, hostile, at(0)) ==
               std::string("<6>") + expected);
    base::log_fields const fields{{"WHAT", hostile}};
    auto const line = base::format_line(format::json, base::severity::info, hostile, at(0), fields);
    BOOST_TEST(base::is_utf8(line));
    auto const object = boost::json::parse(line).as_object();
    BOOST_TEST(std::string(object.at("message").as_string()) + "\n" == expected);
    BOOST_TEST(object.at("message").as_string() == object.at("what").as_string());
    BOOST_TEST(
        base::format_journal_fields("us", base::severity::info, hostile, fields).find("\x9b") ==
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_long_line_is_cut_between_characters_and_stays_what_it_is) {
    std::string message = "\"";
    while (message.size() < 20'000) {
        message += "\xc3\xa4\"\\";
    }
    for (auto const form : {format::text, format::json, format::journal}) {
        auto const line = base::format_line(form, base::severity::info, message, at(0));
        BOOST_TEST(line.size() <= 4096U);
        BOOST_TEST(line.size() > 3000U);
        BOOST_TEST(base::is_utf8(line));
        BOOST_TEST(line.ends_with('\n'));
    }
    auto const json = base::format_line(format::json, base::severity::info, message, at(0));
    BOOST_TEST(boost::json::parse(json).is_object());
}

BOOST_AUTO_TEST_CASE(a_secret_stands_in_no_line_no_field_and_no_problem) {
    to.hide({base::secret("first-key-1")});
    to.hide({base::secret("second-key-2")}); // of a configuration that was read again
    to.warning("moved to /first-key-1/x", {{"WHERE", "second%2Dkey%2D2"}});
    to.set(base::severity::info, format::json);
    to.info("key", {{"WHERE", "second-key-2"}});
    to.on_change(base::severity::warning, "topic", "bad second-key-2");
    BOOST_TEST(written.find("key-") == std::string::npos, written);
    BOOST_TEST(written.starts_with("<4>moved to /…/x\n"));
    BOOST_TEST(to.problems().at(0).message == "bad …");
    BOOST_TEST(to.redacted("STATUS first-key-1") == "STATUS …");
}

BOOST_AUTO_TEST_CASE(what_is_below_the_threshold_is_not_written) {
    to.debug("no");
    to.info("yes");
    BOOST_TEST(written == "<6>yes\n");
}

BOOST_AUTO_TEST_CASE(a_topic_is_said_when_it_changes) {
    to.on_change(base::severity::warning, "disk", "full");
    to.on_change(base::severity::warning, "disk", "full");
    to.on_change(base::severity::warning, "network", "down");
    to.on_change(base::severity::warning, "disk", "");
    to.on_change(base::severity::warning, "disk", "full");
    BOOST_TEST(written == "<4>full\n<4>down\n<4>full\n");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_topic_is_said_in_its_own_words) {
    to.on_change(base::severity::warning, "disk", "full", "no longer full");
    to.on_change(base::severity::warning, "disk", "", "no longer full");
    to.on_change(base::severity::warning, "disk", "", "no longer full");
    BOOST_TEST(written == "<4>full\n<6>no longer full\n");
}

BOOST_AUTO_TEST_CASE(problems_are_the_topics_that_did_not_end) {
    to.on_change(base::severity::warning, "disk", "full");
    to.on_change(base::severity::warning, "network", "down");
    to.on_change(base::severity::info, "version", "a newer one is there");
    to.on_change(base::severity::warning, "disk", "");
    auto const open = to.problems();
    BOOST_REQUIRE_EQUAL(open.size(), 1U);
    BOOST_TEST(open.front().message == "down");
}

BOOST_AUTO_TEST_CASE(a_problem_has_a_beginning_and_a_count_until_it_ends) {
    auto const begun = base::timestamp::now();
    to.on_change(base::severity::warning, "disk", "full: 3 reports");
    to.on_change(base::severity::warning, "disk", "full: 3 reports");
    auto const first = to.problems().at(0);
    to.on_change(base::severity::warning, "disk", "full: 4 reports");
    auto const last = to.problems().at(0);
    BOOST_TEST(first.count == 2U);
    BOOST_TEST(last.count == 3U);
    BOOST_TEST((last.since == first.since));
    BOOST_TEST((first.since.up >= begun.up));
    to.on_change(base::severity::warning, "disk", "");
    to.on_change(base::severity::warning, "disk", "full");
    BOOST_TEST(to.problems().at(0).count == 1U);
}

BOOST_AUTO_TEST_CASE(a_warning_that_repeats_is_said_once_an_hour_with_its_count) {
    std::chrono::steady_clock::time_point now;
    to.limit_repeats([&] { return now; });
    for (int minute = 0; minute <= 60; ++minute) {
        to.warning("no order");
        to.info("not limited");
        now += std::chrono::minutes(1);
    }
    std::string expected = "<4>no order\n";
    for (int minute = 0; minute < 60; ++minute) {
        expected += "<6>not limited\n";
    }
    expected += "<4>no order (and 59 times more in the last hour)\n<6>not limited\n";
    BOOST_TEST(written == expected);
}

BOOST_AUTO_TEST_CASE(a_warning_that_was_forgotten_is_news) {
    to.limit_repeats([] { return std::chrono::steady_clock::time_point(); });
    to.warning("no order: refused");
    to.warning("no order: refused");
    to.forget_repeats("no order: ");
    to.warning("no order: refused");
    BOOST_TEST(written == "<4>no order: refused\n<4>no order: refused\n");
}

BOOST_AUTO_TEST_CASE(the_end_of_what_was_not_said_again_is_not_said_either) {
    to.limit_repeats([] { return std::chrono::steady_clock::time_point(); });
    for (int i = 0; i < 100; ++i) {
        to.on_change(base::severity::error, "store", "no reports", "reports again");
        to.on_change(base::severity::error, "store", "", "reports again");
    }
    BOOST_TEST(written == "<3>no reports\n<6>reports again\n");
}

BOOST_AUTO_TEST_CASE(a_flood_of_different_warnings_is_counted_in_bounded_memory_and_lines) {
    std::chrono::steady_clock::time_point now;
    to.limit_repeats([&] { return now; });
    auto const flood = [&](char const* begin) {
        for (int i = 0; i < 1000; ++i) {
            to.warning(begin + std::to_string(i));
        }
        return std::ranges::count(std::exchange(written, ""), '\n');
    };
    BOOST_TEST(flood("number ") == 128 + 10);
    BOOST_TEST(flood("other number ") == 0);
    to.error("the disk is full"); // what floods are warnings
    BOOST_TEST(std::exchange(written, "") == "<3>the disk is full\n");
    now += std::chrono::minutes(1);
    to.info("hello");
    BOOST_TEST(std::exchange(written, "") == "<4>1862 warnings were not said: too many different "
                                             "ones came at once\n<6>hello\n");
    BOOST_TEST(flood("third number ") == 10);
    now += std::chrono::hours(1);
    BOOST_TEST(flood("fourth number ") == 1 + 128 + 10); // they are news again
}

BOOST_AUTO_TEST_CASE(what_is_counted_by_its_sayer_is_said_through_any_flood) {
    to.limit_repeats([] { return std::chrono::steady_clock::time_point(); });
    for (int i = 0; i < 1000; ++i) {
        to.warning(std::to_string(i));
    }
    written.clear();
    to.counted(base::severity::warning, "refused 12 times");
    to.counted(base::severity::warning, "refused 12 times");
    to.counted(base::severity::debug, "below the threshold");
    BOOST_TEST(written == "<4>refused 12 times\n<4>refused 12 times\n");
}

BOOST_AUTO_TEST_CASE(fields_stand_in_the_journal_and_in_json) {
    base::log_fields const fields{{"COMMANDS", "16"}, {"FORGED", "a\nPRIORITY=0"}};
    BOOST_TEST(
        base::format_journal_fields("trafikito-server", base::severity::info, "hello", fields) ==
        "PRIORITY=6\nSYSLOG_IDENTIFIER=trafikito-server\nMESSAGE=hello\n"
        "TRAFIKITO_COMMANDS=16\nTRAFIKITO_FORGED=a PRIORITY=0\n");
    auto const line = base::format_line(format::json, base::severity::info, "hello", at(0), fields);
    BOOST_TEST(boost::json::parse(line).as_object().at("commands").as_string() == "16");
}

BOOST_AUTO_TEST_CASE(a_journal_that_does_not_take_a_line_leaves_it_to_stderr) {
    bool takes = true;
    std::string taken;
    to.set_journal(
        [&](std::string_view fields) {
            taken += takes ? fields : "";
            return takes;
        },
        "us");
    to.info("one");
    takes = false;
    to.info("two");
    BOOST_TEST(taken.find("MESSAGE=one\n") != std::string::npos);
    BOOST_TEST(written == "<6>two\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trafikito::test
