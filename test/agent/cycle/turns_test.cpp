#include "agent/cycle/turns.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace std::chrono_literals;
using agent::cycle::wanted_command;
using hindrance = exec::result::hindrance;

namespace {

struct turns_fixture {
    turns_fixture() { order.names = {"a", "b", "c", "d"}; }

    /// Those of the order that are to be run now, in its order.
    [[nodiscard]] std::vector<wanted_command> wanted(std::string const& names) const {
        std::vector<wanted_command> all;
        for (std::size_t at = 0; at < order.names.size(); ++at) {
            if (names.find(order.names[at]) != std::string::npos) {
                wanted_command one;
                one.command.name = order.names[at];
                one.section = at;
                all.push_back(std::move(one));
            }
        }
        return all;
    }

    [[nodiscard]] std::string begun_with(std::string const& first,
                                         std::string const& names = "abcd") const {
        auto all = wanted(names);
        agent::cycle::begin_with(first, order, all);
        std::string text;
        for (auto const& one : all) {
            text += one.command.name;
        }
        return text;
    }

    static exec::result kept_back(hindrance why) {
        exec::result value("x");
        value.kept_back = why;
        return value;
    }

    net::api::order order;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(turns, turns_fixture)

BOOST_AUTO_TEST_CASE(they_go_round_from_where_the_last_cycle_stopped) {
    BOOST_TEST(begun_with("") == "abcd");
    BOOST_TEST(begun_with("a") == "abcd");
    BOOST_TEST(begun_with("c") == "cdab");
    BOOST_TEST(begun_with("gone") == "abcd");
}

BOOST_AUTO_TEST_CASE(one_that_is_not_to_be_run_now_gives_its_turn_to_the_next) {
    BOOST_TEST(begun_with("b", "acd") == "cda");
    BOOST_TEST(begun_with("d", "abc") == "abc");
    BOOST_TEST(begun_with("b", "") == "");
}

BOOST_AUTO_TEST_CASE(the_first_without_a_fair_turn_is_the_next_to_begin_with) {
    auto const all = wanted("abcd");
    agent::cycle::turns turn(all);
    BOOST_TEST(turn.next() == "");
    turn.note(0, kept_back(hindrance::none));
    turn.note(1, kept_back(hindrance::failed)); // would fail again
    turn.note(3, kept_back(hindrance::no_turn));
    BOOST_TEST(turn.next() == "d");
    auto cut = kept_back(hindrance::none);
    cut.cut_short = true;
    turn.note(2, cut);
    BOOST_TEST(turn.next() == "c");
}

BOOST_AUTO_TEST_CASE(the_numbers_and_what_to_set_are_said) {
    config::settings settings;
    settings.cycle_timeout = 3s;
    settings.max_parallel = 4;
    auto const all = wanted("abcd");
    agent::cycle::turns turn(all);
    turn.note(0, kept_back(hindrance::none));
    turn.note(1, kept_back(hindrance::no_room)); // said by others
    BOOST_TEST(turn.in_words(settings) == "");
    BOOST_TEST(turn.next() == "b");
    turn.note(2, kept_back(hindrance::no_turn));
    BOOST_TEST(turn.in_words(settings).starts_with(
        "3 of 4 commands had their turn within cycle_timeout (3 s), 4 at once; "));
}

BOOST_AUTO_TEST_SUITE_END()
