#include "config/manual_page.hpp"

#include "test/config/table_of_commands.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace trafikito::config;

BOOST_FIXTURE_TEST_SUITE(manual_page, trafikito::test::table_of_commands)

BOOST_AUTO_TEST_CASE(what_people_type_is_bold_and_what_they_replace_italic) {
    BOOST_TEST(filled_manual("@SYNOPSIS@\n", program) ==
               "\\fBpump\\fR \\fICOMMAND\\fR\n"
               ".br\n\\fBpump look\\fR [\\fB\\-\\-config\\fR \\fIFILE\\fR] [\\fB\\-\\-json\\fR] "
               "[\\fB\\-\\-text\\fR] [\\fINAME...\\fR]\n"
               ".br\n\\fBpump pumps\\fR [\\fB\\-\\-json\\fR] [\\fICOMMAND\\fR]\n"
               ".br\n\\fBpump pumps add\\fR \\fB\\-\\-name\\fR \\fINAME\\fR [\\fB\\-\\-last\\fR "
               "\\fIN\\fR]\n");
}

BOOST_AUTO_TEST_CASE(options_are_entries) {
    BOOST_TEST(filled_manual("x\n@OPTIONS pumps@\ny\n", program) ==
               "x\n.TP\n\\fB\\-\\-json\\fR\nAs JSON.\ny\n");
    BOOST_TEST(filled_manual("@OPTION look --config@\nMore.\n", program) ==
               ".TP\n\\fB\\-c\\fR, \\fB\\-\\-config\\fR \\fIFILE\\fR\nWhere all stands (default: "
               "somewhere).\nMore.\n");
}

BOOST_AUTO_TEST_CASE(sentences_examples_and_exit_status) {
    BOOST_TEST(filled_manual("@ABOUT pumps add@\n@EXIT_STATUS@\n", program) ==
               "Add one. One more.\n0 or 2.\n");
    BOOST_TEST(
        filled_manual("@EXAMPLES look@\n", program).find("pump look a\npump look \\-\\-json\n") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_mark_of_what_is_not_there_is_an_error) {
    BOOST_CHECK_THROW((void)filled_manual("@OPTIONS gone@\n", program), std::runtime_error);
    BOOST_CHECK_THROW((void)filled_manual("@OPTION look --gone@\n", program), std::runtime_error);
    BOOST_TEST(filled_manual("@OTHER@\n", program) == "@OTHER@\n");
}

BOOST_AUTO_TEST_CASE(no_text_is_a_request) {
    BOOST_TEST(roff(".x \\ - ` ' ^ ~") == "\\&.x \\e \\- \\(ga \\(aq \\(ha \\(ti");
}

BOOST_AUTO_TEST_SUITE_END()
