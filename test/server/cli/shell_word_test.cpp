#include "server/cli/shell_word.hpp"

#include "test/support/program.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(shell_word)

BOOST_AUTO_TEST_CASE(what_is_harmless_stands_as_it_is) {
    BOOST_TEST(server::cli::shell_word("/var/lib/trafikito-server") == "/var/lib/trafikito-server");
    BOOST_TEST(server::cli::shell_word("https://[::1]:8443") == "'https://[::1]:8443'");
}

BOOST_AUTO_TEST_CASE(sh_reads_the_text_itself) {
    for (std::string const text : {"", "a b", "it's", "''", "$(id)", "`id`", "a;id", "a\\", "\"",
                                   "~", "*", "#x", "a\nb", "-n", "!x", "\xC3\xA4"}) {
        auto const ran =
            test::run({"/bin/sh", "-c", "printf %s " + server::cli::shell_word(text)}, {});
        BOOST_TEST(ran.out == text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
