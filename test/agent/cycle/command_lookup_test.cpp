#include "agent/cycle/command_lookup.hpp"

#include "exec/command.hpp"
#include "net/api/default_commands.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;

namespace {

struct lookup_fixture {
    agent::cycle::wanted_commands look_up(net::api::order const& order, std::string_view file) {
        list.commands = std::make_shared<config::command_list>(
            config::parse_command_list(file, "available_commands.sh"));
        agent::cycle::sections all(agent::cycle::section_titles(order));
        auto wanted = agent::cycle::look_up(order, list, {}, {}, all, to);
        all.write(writer);
        return wanted;
    }

    agent::cycle::local_list list;
    std::string logged;
    std::string report;
    net::api::report_writer writer{[this](std::string_view bytes) { report += bytes; }};
    base::log to{[this](std::string_view line) { logged += line; }, base::severity::info,
                 base::log::format::journal};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(command_lookup, lookup_fixture)

BOOST_AUTO_TEST_CASE(options_of_the_line_above_go_with_the_command) {
    net::api::order order;
    order.names = {"trafikito_a"};
    auto const wanted =
        look_up(order, "#: timeout=5s max_output=16KiB nice=3 user=nobody\ntrafikito_a=\"echo\"\n");
    BOOST_REQUIRE(wanted.to_run.size() == 1U);
    BOOST_TEST(wanted.to_run[0].command.assignment == "trafikito_a=\"echo\"");
    BOOST_TEST(wanted.to_run[0].command.timeout->count() == 5000);
    BOOST_TEST(*wanted.to_run[0].command.max_output == 16384U);
    BOOST_TEST(*wanted.to_run[0].command.limited.nice == 3);
    BOOST_TEST(*wanted.to_run[0].command.limited.user == "nobody");
}

BOOST_AUTO_TEST_CASE(what_is_no_name_is_refused_in_printable_words) {
    net::api::order order;
    order.names = {"x\x1b[2J; rm"};
    auto const wanted = look_up(order, "trafikito_a=\"echo\"\n");
    BOOST_TEST(wanted.to_run.empty());
    BOOST_TEST(report == "*-*-*-*------------ Trafikito command: x?[2J; rm\n"
                         "[trafikito-agent: not run: not a name of a command]\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_name_has_its_section_in_the_place_asked) {
    net::api::order order;
    order.names = {"../x", "trafikito_a", "$(id)", "trafikito_b"};
    auto const wanted = look_up(order, "trafikito_b=\"echo\"\n");
    BOOST_REQUIRE(wanted.to_run.size() == 1U);
    BOOST_TEST(wanted.to_run[0].command.name == "trafikito_b");
    BOOST_TEST(wanted.to_run[0].section == 3U);
    BOOST_TEST(report == "*-*-*-*------------ Trafikito command: ../x\n"
                         "[trafikito-agent: not run: not a name of a command]\n"
                         "*-*-*-*------------ Trafikito command: trafikito_a\n"
                         "[trafikito-agent: not run: no such command in available_commands.sh]\n"
                         "*-*-*-*------------ Trafikito command: $(id)\n"
                         "[trafikito-agent: not run: not a name of a command]\n"
                         "*-*-*-*------------ Trafikito command: trafikito_b\n"
                         "[trafikito-agent: not run: no result]\n");
}

BOOST_AUTO_TEST_CASE(what_every_command_finds_around_it_may_stand_in_a_line) {
    for (auto const& variable : exec::clean_environment("/opt", "/root", "root").environment) {
        auto const name = variable.substr(0, variable.find('='));
        auto const parsed =
            config::parse_command_list("trafikito_x=\"echo $" + name + "\"\n", "list");
        BOOST_TEST(parsed.diagnostics.empty(), name);
    }
}

BOOST_AUTO_TEST_CASE(the_default_commands_are_a_list_without_a_warning) {
    std::string text;
    for (auto const& one : net::api::default_commands) {
        text += std::string(one.name) + "=\"" + std::string(one.line) + "\"\n";
    }
    auto const parsed = config::parse_command_list(text, "list");
    BOOST_TEST(parsed.diagnostics.empty());
    BOOST_TEST(parsed.commands.size() == net::api::default_commands.size());
}

BOOST_AUTO_TEST_CASE(a_reason_that_many_share_is_said_once) {
    net::api::order order;
    order.names = {"trafikito_a", "../x", "trafikito_b"};
    (void)look_up(order, "trafikito_c=\"echo\"\n");
    BOOST_TEST(logged == "<4>not run: trafikito_a, trafikito_b (no such command in "
                         "available_commands.sh), ../x (not a name of a command)\n");
}

BOOST_AUTO_TEST_CASE(a_list_that_was_not_read_is_not_said_to_lack_commands) {
    net::api::order order;
    order.names = {"trafikito_a"};
    list.unread = "the list could not be read: Permission denied";
    auto const wanted = look_up(order, "");
    BOOST_TEST(wanted.refused.at(0).offered);
    BOOST_TEST(report == "*-*-*-*------------ Trafikito command: trafikito_a\n[trafikito-agent: "
                         "not run: the list could not be read: Permission denied]\n");
}

BOOST_AUTO_TEST_CASE(what_a_list_does_not_offer_should_not_have_run) {
    net::api::order order;
    order.names = {"trafikito_a", "trafikito_b"};
    auto const wanted = look_up(order, "#: timeout=never\ntrafikito_b=\"echo\"\n");
    BOOST_REQUIRE(wanted.refused.size() == 2U);
    BOOST_TEST(!wanted.refused[0].offered);
    BOOST_TEST(wanted.refused[1].offered);
}

BOOST_AUTO_TEST_SUITE_END()
