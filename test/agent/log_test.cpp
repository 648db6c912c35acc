#include "agent/log.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito;
using agent::format_line;
using agent::severity;
using format = agent::log::format;

namespace trafikito::test { // not beside the C library's log()

namespace {

struct log_fixture {
    std::string written;
    agent::log to{[this](std::string_view line) { written += line; }, severity::info,
                  format::journal};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(log, log_fixture)

BOOST_AUTO_TEST_CASE(a_line_has_time_level_and_message) {
    BOOST_TEST(format_line(format::text, severity::info, "hello", 1'700'000'000) ==
               "2023-11-14 22:13:20 info    hello\n");
    BOOST_TEST(format_line(format::journal, severity::error, "hello", 0) == "<3>hello\n");
}

BOOST_AUTO_TEST_CASE(a_json_line_is_one_object_whatever_the_message) {
    auto const line =
        format_line(format::json, severity::warning, "a \"quote\"\nand \x1b[31m", 1'700'000'000);
    BOOST_TEST(line.find('\n') == line.size() - 1);
    auto const object = boost::json::parse(line).as_object();
    BOOST_TEST(object.at("time").as_string() == "2023-11-14T22:13:20Z");
    BOOST_TEST(object.at("level").as_string() == "warning");
    BOOST_TEST(object.at("message").as_string() == "a \"quote\" and ?[31m");
}

BOOST_AUTO_TEST_CASE(nobody_forges_a_second_line) {
    BOOST_TEST(format_line(format::journal, severity::info, "a\n<0>b\rc", 0) == "<6>a <0>b?c\n");
}

BOOST_AUTO_TEST_CASE(what_is_below_the_threshold_is_not_written) {
    to.debug("no");
    to.info("yes");
    BOOST_TEST(written == "<6>yes\n");
}

BOOST_AUTO_TEST_CASE(a_topic_is_said_when_it_changes) {
    to.on_change(severity::warning, "disk", "full");
    to.on_change(severity::warning, "disk", "full");
    to.on_change(severity::warning, "network", "down");
    to.on_change(severity::warning, "disk", "");
    to.on_change(severity::warning, "disk", "full");
    BOOST_TEST(written == "<4>full\n<4>down\n<4>full\n");
}

BOOST_AUTO_TEST_CASE(a_log_file_is_appended_to) {
    test::temporary_directory const here;
    auto const path = (here.path() / "trafikito.log").string();
    agent::open_log(path)("one\n");
    agent::open_log(path)("two\n");
    BOOST_TEST(test::read_file(path) == "one\ntwo\n");
    auto const others =
        std::filesystem::status(path).permissions() & std::filesystem::perms::others_all;
    BOOST_TEST((others == std::filesystem::perms::none));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trafikito::test
