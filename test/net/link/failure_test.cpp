#include "net/link/failure.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace trafikito::net;

BOOST_AUTO_TEST_SUITE(failure)

BOOST_AUTO_TEST_CASE(a_message_says_where_what_and_what_to_do) {
    trafikito::net::link::failure why;
    why.at = link::step::handshake;
    why.peer = "api.example:443";
    why.what = "it expired";
    BOOST_TEST(why.message() == "handshake with api.example:443: it expired");
    why.hint = "is the clock right?";
    BOOST_TEST(why.message() == "handshake with api.example:443: it expired; is the clock right?");
    why.peer.clear();
    BOOST_TEST(why.message() == "handshake: it expired; is the clock right?");
}

BOOST_AUTO_TEST_CASE(every_step_has_a_name_of_its_own) {
    std::set<std::string> names;
    for (int value = 0; value <= static_cast<int>(link::step::answer); ++value) {
        names.insert(std::string(link::name_of(static_cast<link::step>(value))));
    }
    BOOST_TEST(names.size() == 9u);
    BOOST_TEST(names.count("unknown") == 0u);
}

BOOST_AUTO_TEST_CASE(an_unexpected_failure_is_thrown_with_its_message) {
    trafikito::net::link::failure why;
    why.what = "no";
    link::result<int> const none = why;
    BOOST_CHECK_EXCEPTION(
        none.value(), link::request_failed, [](link::request_failed const& thrown) {
            return thrown.what() == std::string("answer: no") && thrown.why().what == "no";
        });
}

BOOST_AUTO_TEST_SUITE_END()
