#include "base/shell_quoting.hpp"

#include "test/support/program.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(shell_quoting)

BOOST_AUTO_TEST_CASE(what_is_harmless_stands_as_it_is) {
    BOOST_TEST(base::shell_quoted("/var/lib/trafikito-server") == "/var/lib/trafikito-server");
    BOOST_TEST(base::shell_quoted("https://[::1]:8443") == "'https://[::1]:8443'");
}

BOOST_AUTO_TEST_CASE(sh_reads_the_text_itself) {
    for (std::string const text : {"", "a b", "it's", "''", "$(id)", "`id`", "a;id", "a\\", "\"",
                                   "~", "*", "#x", "a\nb", "-n", "!x", "\xC3\xA4"}) {
        auto const ran = test::run({"/bin/sh", "-c", "printf %s " + base::shell_quoted(text)}, {});
        BOOST_TEST(ran.out == text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
