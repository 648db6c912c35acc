#include "server/cli/screen.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace {

using namespace trafikito::server;

std::string folded(std::string_view text, std::optional<std::size_t> width) {
    std::ostringstream out;
    cli::print_folded(out, text, "  ", width);
    return out.str();
}

BOOST_AUTO_TEST_SUITE(screen)

BOOST_AUTO_TEST_CASE(two_blanks_are_never_a_names) {
    BOOST_TEST(cli::cell("web 1") == "web 1");
    BOOST_TEST(cli::cell("") == "\"\"");
    BOOST_TEST(cli::cell("a  b") == "a\\x20\\x20b");
    BOOST_TEST(cli::cell(" a ") == "\\x20a\\x20");
    BOOST_TEST(cli::cell("a\xc2\xa0"
                         "b\xe2\x80\x8b\xe3\x80\x80") ==
               "a\\xc2\\xa0b\\xe2\\x80\\x8b\\xe3\\x80\\x80");
    BOOST_TEST(cli::cell("a\nb\x1b") == "a\\x0ab\\x1b");
    BOOST_TEST(cli::cell(std::string(1000, 'x')).size() == 83U);
    BOOST_TEST(cli::cell("caf\xc3\xa9") == "caf\xc3\xa9");
}

BOOST_AUTO_TEST_CASE(columns_are_counted_as_a_terminal_does) {
    BOOST_TEST(cli::width_of("caf\xc3\xa9") == 4U);
    BOOST_TEST(cli::width_of("\xe4\xb8\xad\xe6\x96\x87") == 4U); // two wide letters
    BOOST_TEST(cli::width_of("e\xcc\x81") == 1U);
}

BOOST_AUTO_TEST_CASE(a_long_line_goes_on_behind_a_mark) {
    BOOST_TEST(folded("abcdefgh", std::nullopt) == "abcdefgh\n");
    BOOST_TEST(folded("abcdefgh", 8) == "abcdefgh\n");
    BOOST_TEST(folded("abcdefghij", 4) == "abcd\n  ef\n  gh\n  ij\n");
    BOOST_TEST(folded("a\tb", 8) == "a\t\n  b\n");
    BOOST_TEST(folded("", 8) == "\n");
}

BOOST_AUTO_TEST_CASE(columns_stand_below_each_other) {
    std::ostringstream out;
    cli::print_table(out, {{"ID", "NAME"}, {"caf\xc3\xa9", "x"}}, std::nullopt);
    BOOST_TEST(out.str() == "ID    NAME\ncaf\xc3\xa9  x\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
