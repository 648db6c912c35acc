#include "agent/inspection/shell_syntax.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(shell_syntax)

BOOST_AUTO_TEST_CASE(what_the_shell_cannot_read_is_said_in_its_words) {
    for (std::string const text : {"echo it's", "df |", "if true; then df", "(df", "df; fi"}) {
        auto const words = agent::inspection::find_syntax_error(text);
        BOOST_TEST(words.has_value(), text);
        BOOST_TEST(words.value_or("").find('\n') == std::string::npos);
        BOOST_TEST(words.value_or("").find("yntax error") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_it_can_read_is_not_run) {
    test::temporary_directory const here;
    auto const file = (here.path() / "made").string();
    for (auto const& text :
         std::vector<std::string>{"touch " + file, ">" + file, "x=$(touch " + file + ")",
                                  "eval 'touch " + file + "'", "-x", ""}) {
        BOOST_TEST(!agent::inspection::find_syntax_error(text), text);
    }
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(of_plain_texts_no_shell_is_asked) {
    BOOST_TEST(agent::inspection::is_plain("df -h /var/lib"));
    BOOST_TEST(!agent::inspection::is_plain("df | wc -l"));
    BOOST_TEST(!agent::inspection::is_plain("echo it's"));
    BOOST_TEST(!agent::inspection::is_plain("if; done"));
}

BOOST_AUTO_TEST_SUITE_END()
