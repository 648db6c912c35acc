#include "agent/diagnosis/unit.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;

namespace {

constexpr auto config = "/etc/trafikito/trafikito.cfg";

std::optional<cause> judged(std::string const& text) {
    return find_unit_cause("trafikito-agent.service", parse_unit_facts(text), config);
}

/// What systemctl prints of a unit that was started, ended so, and is `active`.
std::string unit_that_is(std::string const& active, std::string const& more = {}) {
    return "LoadState=loaded\nActiveState=" + active +
           "\nSubState=dead\nUnitFileState=enabled\nNRestarts=0\n" + more;
}

bool holds(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(unit)

BOOST_AUTO_TEST_CASE(one_that_runs_is_no_cause) {
    BOOST_TEST(!judged("LoadState=loaded\nActiveState=active\nSubState=running\n").has_value());
    BOOST_TEST(!judged("LoadState=loaded\nActiveState=reloading\n").has_value());
}

BOOST_AUTO_TEST_CASE(masked) {
    auto const found = judged("LoadState=masked\nActiveState=inactive\nUnitFileState=masked\n");
    BOOST_TEST(holds(found.value().sentence, "trafikito-agent.service is masked"));
    BOOST_TEST(found->command == "systemctl unmask trafikito-agent.service && systemctl enable "
                                 "--now trafikito-agent.service");
}

BOOST_AUTO_TEST_CASE(disabled_and_stopped) {
    auto const off = judged("LoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\n");
    BOOST_TEST(holds(off.value().sentence, "is not enabled"));
    auto const stopped = judged(unit_that_is("inactive"));
    BOOST_TEST(holds(stopped.value().sentence, "is stopped"));
    BOOST_TEST(stopped->command == "systemctl enable --now trafikito-agent.service");
}

BOOST_AUTO_TEST_CASE(a_condition_that_did_not_hold) {
    auto const found =
        judged(unit_that_is("inactive", "ConditionResult=no\nConditionTimestampMonotonic=123\n"));
    BOOST_TEST(holds(found.value().sentence, "a condition of it did not hold"));
    auto const never =
        judged(unit_that_is("inactive", "ConditionResult=no\nConditionTimestampMonotonic=0\n"));
    BOOST_TEST(holds(never.value().sentence, "is stopped"));
}

BOOST_AUTO_TEST_CASE(failures_are_told_by_their_meaning) {
    auto const configuration =
        judged(unit_that_is("failed", "Result=exit-code\nExecMainStatus=2\n"));
    BOOST_TEST(holds(configuration.value().sentence, "exit status 2: it does not start with its"));
    BOOST_TEST(holds(configuration->advice, config));
    BOOST_TEST(configuration->command == "systemctl reset-failed trafikito-agent.service && "
                                         "systemctl start trafikito-agent.service");
    auto const user =
        judged(unit_that_is("failed", "Result=exit-code\nExecMainStatus=217\nUser=trafikito\n"));
    BOOST_TEST(holds(user.value().command, "useradd"));
    BOOST_TEST(holds(user->command, " trafikito && "));
    auto const limit = judged(unit_that_is("failed", "Result=start-limit-hit\nExecMainStatus=0\n"));
    BOOST_TEST(holds(limit.value().sentence, "too often"));
    auto const killed = judged(unit_that_is("failed", "Result=signal\nExecMainStatus=9\n"));
    BOOST_TEST(holds(killed.value().sentence, "signal 9"));
}

BOOST_AUTO_TEST_CASE(started_again_and_again) {
    auto const found = judged("LoadState=loaded\nActiveState=activating\nSubState=auto-restart\n"
                              "Result=exit-code\nExecMainStatus=243\n");
    BOOST_TEST(holds(found.value().sentence, "again and again"));
    BOOST_TEST(holds(found->sentence, "credential"));
}

BOOST_AUTO_TEST_CASE(in_a_line_of_its_own) {
    auto const facts = parse_unit_facts("LoadState=loaded\nActiveState=active\nSubState=running\n"
                                        "UnitFileState=enabled\nNRestarts=3\nnonsense\n");
    BOOST_TEST(in_words(facts) == "active (running), enabled, restarted 3x");
    BOOST_TEST(in_words(parse_unit_facts("")) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
