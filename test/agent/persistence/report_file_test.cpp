#include "agent/persistence/report_file.hpp"

#include "test/agent/fake_api.hpp"
#include "test/support/file_size_limit.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <filesystem>

using namespace trafikito;

namespace {

struct report_fixture {
    test::temporary_directory here;
    std::filesystem::path tmp_file = here.path() / "trafikito.tmp";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(report_file, report_fixture)

BOOST_AUTO_TEST_CASE(it_is_gathered_in_tmp_file) {
    agent::persistence::report_file report(tmp_file);
    report.writer().open_section("trafikito_a");
    report.writer().output("out");
    report.writer().available_commands({});
    BOOST_TEST(report.problem() == "");
    BOOST_TEST(report.seal({}) == "");
    auto const text = test::text_of(report.content());
    BOOST_TEST(report.size() == text.size());
    BOOST_TEST(test::read_file(tmp_file).starts_with(text));
    BOOST_TEST(std::filesystem::file_size(tmp_file) == 4096U);
    BOOST_TEST((std::filesystem::status(tmp_file).permissions() == std::filesystem::perms(0600)));
}

BOOST_AUTO_TEST_CASE(an_old_report_is_gone) {
    (void)here.write("trafikito.tmp", "a long old report");
    agent::persistence::report_file report(tmp_file);
    report.writer().available_commands({});
    BOOST_TEST(report.seal({}) == "");
    BOOST_TEST(
        test::read_file(tmp_file).starts_with("*-*-*-*------------ Available commands:\n\n"));
    BOOST_TEST(test::read_file(tmp_file).find("old report") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_others_could_have_open_is_left_to_them) {
    auto const theirs = here.write("theirs", "precious");
    std::filesystem::create_hard_link(theirs, tmp_file);
    agent::persistence::report_file report(tmp_file);
    report.writer().available_commands({});
    BOOST_TEST(report.problem() == "");
    BOOST_TEST(report.seal({}) == "");
    BOOST_TEST(test::read_file(theirs) == "precious");
    BOOST_TEST(test::read_file(tmp_file).starts_with("*-*-*-*------------ Available commands:\n"));
    BOOST_TEST((std::filesystem::status(tmp_file).permissions() == std::filesystem::perms(0600)));
}

BOOST_AUTO_TEST_CASE(a_link_is_not_followed) {
    auto const victim = here.write("victim", "precious");
    std::filesystem::create_symlink(victim, tmp_file);
    agent::persistence::report_file report(tmp_file);
    report.writer().available_commands({});
    BOOST_TEST(report.problem() != "");
    BOOST_TEST(test::read_file(victim) == "precious");
    BOOST_TEST(test::text_of(report.content()) == "*-*-*-*------------ Available commands:\n");
}

BOOST_AUTO_TEST_CASE(a_fifo_is_not_waited_for) {
    BOOST_REQUIRE(::mkfifo(tmp_file.c_str(), 0600) == 0);
    agent::persistence::report_file report(tmp_file);
    report.writer().available_commands({});
    BOOST_TEST(report.problem().ends_with("is not a regular file"));
    BOOST_TEST(test::text_of(report.content()) == "*-*-*-*------------ Available commands:\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_when_the_disk_is_full) {
    test::file_size_limit const small_files(60);
    agent::persistence::report_file report(tmp_file);
    report.writer().open_section("trafikito_a");
    report.writer().output("0123456789\n");
    report.writer().available_commands({"trafikito_a=\"x\""});
    BOOST_TEST(report.seal({}) != "");
    BOOST_TEST(report.problem().find("File too large") != std::string::npos);
    BOOST_TEST(test::text_of(report.content()) ==
               "*-*-*-*------------ Trafikito command: trafikito_a\n"
               "0123456789\n"
               "*-*-*-*------------ Available commands:\n"
               "trafikito_a=\"x\"\n");
}

BOOST_AUTO_TEST_SUITE_END()
