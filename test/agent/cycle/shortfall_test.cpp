#include "agent/cycle/shortfall.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <utility>

using namespace trafikito;
using hindrance = exec::result::hindrance;

namespace {

exec::result failed(std::string name, hindrance why, std::string reason, int error = 0) {
    exec::result value(std::move(name));
    value.kept_back = why;
    value.reason = std::move(reason);
    value.error = error;
    return value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(shortfall)

BOOST_AUTO_TEST_CASE(a_limit_of_processes_is_said_once_with_what_raises_it) {
    agent::cycle::shortfall missing(12);
    for (int i = 0; i < 12; ++i) {
        missing.note(failed("trafikito_" + std::to_string(i), hindrance::no_room,
                            "Resource temporarily unavailable", EAGAIN));
    }
    auto const words = missing.starts_in_words();
    BOOST_TEST(words.starts_with(
        "12 of 12 commands could not be started: Resource temporarily unavailable (the limit of "
        "processes is reached; raise it (TasksMax= of the unit, pids.max of the container, "));
    BOOST_TEST(missing.all_in_words() == words);
}

BOOST_AUTO_TEST_CASE(different_reasons_are_said_with_the_names_that_they_hold_for) {
    agent::cycle::shortfall missing(6);
    missing.refused("a", "an option cannot be read");
    for (std::string const name : {"b", "c", "d", "e"}) {
        missing.note(failed(name, hindrance::failed, "there is no user x"));
    }
    BOOST_TEST(missing.starts_in_words() ==
               "4 of 6 commands could not be started (b, c, d and 1 more): there is no user x");
    BOOST_TEST(missing.all_in_words() ==
               "1 of 6 commands was not run (a): an option cannot be read; 4 of 6 commands could "
               "not be started (b, c, d and 1 more): there is no user x");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_absent_or_forbidden_is_explained) {
    for (auto const& [error, hint] : {std::pair(ENOSYS, "lacks a call that is needed"),
                                      std::pair(EPERM, "a security module forbids it")}) {
        agent::cycle::shortfall missing(1);
        missing.note(failed("a", hindrance::failed, "as the system says it", error));
        BOOST_TEST(missing.all_in_words().find(hint) != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_ran_had_no_turn_or_was_interrupted_is_no_failure_to_start) {
    agent::cycle::shortfall missing(3);
    missing.note(failed("a", hindrance::none, ""));
    missing.note(failed("b", hindrance::no_turn, "cycle_timeout was over"));
    missing.note(failed("c", hindrance::interrupted, "asked to stop"));
    BOOST_TEST(missing.all_in_words() == "");
}

BOOST_AUTO_TEST_SUITE_END()
