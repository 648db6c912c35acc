#include "agent/cycle/sections.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;

namespace {

struct sections_fixture {
    static exec::result printed(std::string const& name, std::string const& text,
                                std::uint64_t max_output = 1000) {
        exec::result value(name, max_output);
        value.end = exec::result::ending::exited;
        value.output.append(text);
        return value;
    }

    std::string report;
    net::api::report_writer writer{[this](std::string_view bytes) { report += bytes; }};
};

constexpr auto head_a = "*-*-*-*------------ Trafikito command: a\n";
constexpr auto head_b = "*-*-*-*------------ Trafikito command: b\n";

} // namespace

BOOST_FIXTURE_TEST_SUITE(sections, sections_fixture)

BOOST_AUTO_TEST_CASE(they_stand_in_the_order_asked_whatever_ends_first) {
    agent::cycle::sections all({"a", "b"});
    all.finish(1, printed("b", "late\n"));
    all.finish(0, printed("a", "early\n"));
    all.write(writer);
    BOOST_TEST(report == std::string(head_a) + "early\n" + head_b + "late\n");
}

BOOST_AUTO_TEST_CASE(a_cut_output_says_so_between_head_and_tail) {
    agent::cycle::sections all({"a"});
    all.finish(0, printed("a", "1234567890", 4));
    all.write(writer);
    writer.available_commands({});
    BOOST_TEST(report == std::string(head_a) + "12\n[trafikito-agent: 4 bytes kept of 10]\n90\n"
                                               "*-*-*-*------------ Available commands:\n");
}

BOOST_AUTO_TEST_CASE(a_stopped_command_ends_with_one_line) {
    agent::cycle::sections all({"a"});
    auto value = printed("a", "so far");
    value.stopped = true;
    value.wall = std::chrono::milliseconds(30'049);
    all.finish(0, std::move(value));
    all.write(writer);
    BOOST_TEST(report == std::string(head_a) + "so far\n[trafikito-agent: stopped after 30 s]\n");
    BOOST_TEST(all.counts().stopped == 1U);
}

BOOST_AUTO_TEST_CASE(refused_and_not_started_have_one_line_each) {
    agent::cycle::sections all({"a", "b"});
    all.refuse(1, "no such command");
    exec::result value("a");
    value.reason = "Resource temporarily unavailable";
    all.finish(0, std::move(value));
    all.write(writer);
    BOOST_TEST(report == std::string(head_a) +
                             "[trafikito-agent: not started: Resource temporarily unavailable]\n" +
                             head_b + "[trafikito-agent: not run: no such command]\n");
    BOOST_TEST(agent::cycle::describe(all.counts()) == "0 commands (2 not run)");
}

BOOST_AUTO_TEST_CASE(a_repeated_result_says_its_age) {
    agent::cycle::sections all({"a"});
    all.repeat(0, printed("a", "as it was\n"), std::chrono::seconds(240));
    all.write(writer);
    BOOST_TEST(report == std::string(head_a) + "as it was\n[trafikito-agent: from 240 s ago]\n");
}

BOOST_AUTO_TEST_CASE(exit_codes_and_signals_count_as_failed) {
    agent::cycle::sections all({"a", "b"});
    auto failed = printed("a", "");
    failed.code = 1;
    all.finish(0, std::move(failed));
    auto killed = printed("b", "");
    killed.end = exec::result::ending::signalled;
    killed.code = 9;
    all.finish(1, std::move(killed));
    BOOST_TEST(agent::cycle::describe(all.counts()) == "2 commands (2 failed)");
}

BOOST_AUTO_TEST_CASE(the_longest_are_cut_first_and_to_the_same_length) {
    BOOST_TEST(!agent::cycle::fair_length({}, 10).has_value());
    BOOST_TEST(!agent::cycle::fair_length({3, 3, 4}, 10).has_value());
    BOOST_TEST(agent::cycle::fair_length({3, 3, 5}, 10).value() == 4U);
    BOOST_TEST(agent::cycle::fair_length({100, 1, 100}, 21).value() == 10U);
    BOOST_TEST(agent::cycle::fair_length({7, 7}, 0).value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
