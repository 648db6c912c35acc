#include "agent/diagnosis/bounded_child.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(bounded_child)

BOOST_AUTO_TEST_CASE(what_it_prints_and_how_it_ends) {
    auto const answer = ask_child({"/bin/sh", "-c", "echo yes; echo no >&2; exit 3"}, 30s);
    BOOST_TEST(answer.value().output == "yes\n");
    BOOST_TEST(answer->code == 3);
}

BOOST_AUTO_TEST_CASE(one_that_does_not_end_is_killed) {
    BOOST_TEST(!ask_child({"/bin/sh", "-c", "exec sleep 1000"}, 100ms).has_value());
    BOOST_TEST(!ask_child({"/bin/sh", "-c", "exec 1>&-; exec sleep 1000"}, 100ms)
                    .value_or(child_answer{.code = 0, .output = "x"})
                    .output.size());
}

BOOST_AUTO_TEST_CASE(output_has_a_bound) {
    auto const answer = ask_child({"/bin/sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"}, 30s);
    BOOST_TEST(answer.value().output.size() == 64U * 1024);
}

BOOST_AUTO_TEST_CASE(it_finds_nothing_of_our_environment) {
    auto const answer = ask_child({"/bin/sh", "-c", "echo $HOME$TRAFIKITO_API_KEY"}, 30s);
    BOOST_TEST(answer.value().output == "\n");
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there) {
    BOOST_TEST(!ask_child({"/nonexistent/program"}, 30s).value_or(child_answer{}).output.size());
    BOOST_TEST(find_program("no-such-program-at-all", {"PATH=/bin"}).empty());
    BOOST_TEST(!find_program("sh", {"PATH="}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
