// Suite first_question: when a process that just began may ask, and when it is its turn.
#include "agent/cycle/order_pace.hpp"

#include "test/agent/cycle/pace_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds on_the_way = 3'100ms; ///< of a minute: 5 % and 100 ms

} // namespace

BOOST_FIXTURE_TEST_SUITE(first_question, test::pace_fixture)

BOOST_AUTO_TEST_CASE(after_a_restart_it_goes_on_in_step_however_long_that_took) {
    pace->in_step();
    ask();
    pace->answered();
    save();
    pass(20s);
    restart();
    BOOST_TEST((pace->after_start(60s).in_step == 40s));
    pass(40s + 59s);
    restart();
    BOOST_TEST((pace->after_start(60s).in_step == 1s));
    BOOST_TEST((pace->after_start(60s).early == 0ms));
    pass(30min);
    BOOST_TEST((pace->after_start(60s).in_step == 1s));
    pass(24h);
    BOOST_TEST(!pace->after_start(60s).in_step);
}

BOOST_AUTO_TEST_CASE(a_question_of_once_is_in_step_with_nothing) {
    ask();
    pace->answered();
    save();
    restart();
    BOOST_TEST(!pace->after_start(60s).in_step);
    BOOST_TEST((pace->after_start(60s).early == 60s));
}

BOOST_AUTO_TEST_CASE(on_a_disk_that_keeps_nothing_there_is_no_step) {
    file = here.path() / "missing" / "trafikito.state";
    restart();
    pace->in_step();
    BOOST_TEST(pace->asking(60s) != "");
    BOOST_TEST(!pace->after_start(60s).in_step);
}

BOOST_AUTO_TEST_CASE(after_a_start_on_a_disk_that_keeps_nothing_an_interval_is_waited_for) {
    file = here.path() / "missing" / "trafikito.state";
    restart();
    BOOST_TEST((must_wait() == 0ms));
    BOOST_TEST((pace->after_start(60s).early == 60s));
    BOOST_TEST(pace->asking(60s) != "");
    BOOST_TEST((pace->after_start(60s).early == 60s + on_the_way));
}

BOOST_AUTO_TEST_SUITE_END()
