#include "agent/diagnosis/step.hpp"

#include "agent/diagnosis/checked.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;

namespace {

step with(rank as, std::string sentence) {
    step one;
    one.add({.rank = as, .sentence = std::move(sentence), .advice = {}, .command = {}});
    return one;
}

} // namespace

BOOST_AUTO_TEST_SUITE(step)

BOOST_AUTO_TEST_CASE(without_a_cause_nothing_is_wrong) {
    BOOST_TEST(!root_cause({}).has_value());
    BOOST_TEST(!root_cause({trafikito::agent::diagnosis::step()}).has_value());
}

BOOST_AUTO_TEST_CASE(the_root_is_told_and_not_what_follows_from_it) {
    auto const found = root_cause({with(rank::last_cycles, "no report"),
                                   with(rank::stopped, "STOP"), with(rank::no_agent, "none runs")});
    BOOST_TEST(found.value().sentence == "STOP");
}

BOOST_AUTO_TEST_CASE(of_equals_the_first_is_told) {
    auto const found = root_cause({with(rank::access, "var"), with(rank::access, "list")});
    BOOST_TEST(found.value().sentence == "var");
}

BOOST_AUTO_TEST_CASE(a_hint_becomes_part_of_the_sentence) {
    trafikito::config::diagnostic one;
    one.file = "/x/trafikito.cfg";
    one.what = "there is no user noboby";
    one.hint = "Did you mean nobody? Type: sed -i x";
    BOOST_TEST(in_one_sentence(cause_of(one, rank::user)) ==
               "/x/trafikito.cfg: there is no user noboby; nobody may be meant; mend it: sed -i x");
    one.hint = "Did you mean a.cfg? Else put it there. PATH holds it.";
    BOOST_TEST(cause_of(one, rank::user).advice ==
               "a.cfg may be meant; else put it there; PATH holds it");
    one.hint = "Type: useradd x";
    BOOST_TEST(in_one_sentence(cause_of(one, rank::user)) ==
               "/x/trafikito.cfg: there is no user noboby; mend it: useradd x");
}

BOOST_AUTO_TEST_CASE(no_question_stands_in_the_middle) {
    BOOST_TEST(in_one_sentence({.rank = rank::unit,
                                .sentence = "it is silent",
                                .advice = "is that its address?",
                                .command = "ping x"}) ==
               "it is silent; is that its address? Mend it: ping x");
}

BOOST_AUTO_TEST_CASE(the_command_stands_at_the_end_of_the_sentence) {
    BOOST_TEST(in_one_sentence({.rank = rank::unit,
                                .sentence = "it is masked",
                                .advice = "think",
                                .command = "systemctl unmask x"}) ==
               "it is masked; think; mend it: systemctl unmask x");
    BOOST_TEST(in_one_sentence(
                   {.rank = rank::unit, .sentence = "it is so", .advice = {}, .command = {}}) ==
               "it is so");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_stays_wrong) {
    auto one = with(rank::list, "x");
    one.at_least(verdict::note);
    BOOST_TEST(name_of(one.is) == "wrong");
    trafikito::agent::diagnosis::step other;
    other.at_least(verdict::note);
    BOOST_TEST(name_of(other.is) == "note");
}

BOOST_AUTO_TEST_SUITE_END()
