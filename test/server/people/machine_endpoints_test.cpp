// /api/v1/machines over a real store.
#include "server/people/board.hpp"

#include "test/server/people/machines_fixture.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::people::role;
using test::code_of;
using test::json_of;

struct fixture : test::machines_fixture {
    boost::json::object web1() {
        return read("/api/v1/machines").at("machines").as_array().at(0).as_object();
    }
    std::string state() { return std::string(web1().at("state").as_string()); }
    server::http::response change(role as, std::string const& body) {
        return ask_json(as, "PATCH", "/api/v1/machines/srv-1", body);
    }
    server::http::response ask_json(role as, std::string const& method, std::string const& target,
                                    std::string const& body) {
        return ask(as, method, target, body);
    }
};

BOOST_FIXTURE_TEST_SUITE(machine_endpoints, fixture)

BOOST_AUTO_TEST_CASE(its_state_follows_what_it_sends) {
    BOOST_TEST(state() == "never");
    report({{"trafikito_x", "x"}});
    BOOST_TEST(state() == "reporting");
    now += 4min;
    BOOST_TEST(state() == "reporting");
    now += 2s;
    BOOST_TEST(state() == "late");
    report({{"trafikito_x", "x"}});
    BOOST_TEST(state() == "reporting");
    kept.add_feedback("srv-1", "100", "AGENT_INVALID_COMMANDS", "line 3");
    BOOST_TEST(state() == "problem");
    BOOST_TEST(web1().at("problem").as_string() == "Its agent says: AGENT_INVALID_COMMANDS (100)");
    now += 61min;
    report({{"trafikito_x", "x"}});
    BOOST_TEST(state() == "reporting");
    BOOST_REQUIRE(kept.begin_removal("srv-1"));
    BOOST_TEST(state() == "stopped");
    now += server::people::board::stopped_shown;
    BOOST_TEST(read("/api/v1/machines").at("machines").as_array().empty());
}

BOOST_AUTO_TEST_CASE(its_newest_values_stand_beside_it) {
    report({{"trafikito_x", "x"}}, "[]", {},
           {{"trafikito_uptime", "load_1", "", "", "load", 0.5},
            {"trafikito_free", "memory_used", "", "%", "memory", 41.234},
            {"trafikito_df_p", "disk_used", "/", "%", "disks", 30},
            {"trafikito_df_p", "disk_used", "/<b>", "%", "disks", 97}});
    auto const one = web1();
    BOOST_TEST(one.at("load").as_double() == 0.5);
    BOOST_TEST(one.at("memory").as_double() == 41.23);
    BOOST_TEST(one.at("disk").as_double() == 97);
    BOOST_TEST(one.at("disk_name").as_string() == "/<b>");
    BOOST_TEST(one.at("hour").as_array().at(59).as_double() == 0.5);
    BOOST_TEST(one.at("cpu_count").is_null());
    BOOST_TEST(read("/api/v1/machines/srv-1").at("name").as_string() == "web1");
}

BOOST_AUTO_TEST_CASE(an_administrator_renames_and_tags_it) {
    auto const answered =
        change(role::administrator, R"({"name":" web 2 ","tags":["db","berlin","db"]})");
    BOOST_TEST(answered.status == 200U);
    auto const machine = json_of(answered).as_object();
    BOOST_TEST(machine.at("name").as_string() == "web 2");
    BOOST_TEST(boost::json::serialize(machine.at("tags")) == R"(["db","berlin"])");
    BOOST_TEST(servers_changes == 1);
    BOOST_TEST(code_of(change(role::reader, R"({"name":"x"})")) == "forbidden");
}

BOOST_AUTO_TEST_CASE(what_would_be_taken_for_something_else_is_no_name) {
    kept.add_server("srv-2", "db", server::security::sha256("2"));
    for (std::string const body :
         {R"({"name":""})", R"({"name":"a\u001b[31m"})", R"({"name":"a\u202eb"})", R"({"name":3})",
          R"({"tags":"a"})", R"({"tags":["a,b"]})", R"({"tags":[""]})", R"({"tags":[1]})", "[]",
          "no json"}) {
        BOOST_TEST(code_of(change(role::administrator, body)) == "invalid", body);
    }
    BOOST_TEST(code_of(change(role::administrator, R"({"name":"db"})")) == "conflict");
    BOOST_TEST(code_of(change(role::administrator, R"({"name":"SRV-2"})")) == "conflict");
    BOOST_TEST(kept.find_server("srv-1").value().name == "web1");
}

BOOST_AUTO_TEST_CASE(one_that_is_removed_is_told_to_stop_and_its_data_goes) {
    report({{"trafikito_x", "x"}});
    BOOST_TEST(code_of(ask(role::reader, "DELETE", "/api/v1/machines/srv-1")) == "forbidden");
    BOOST_TEST(ask(role::administrator, "DELETE", "/api/v1/machines/srv-1").status == 204U);
    BOOST_TEST(kept.find_removed("srv-1").has_value());
    BOOST_TEST(servers_changes == 1);
    BOOST_TEST(ask(role::administrator, "DELETE", "/api/v1/machines/srv-1").status == 404U);
    while (kept.tidy()) {
    }
    BOOST_TEST(kept.unfinished_removals().empty());
    BOOST_TEST(kept.count_reports("srv-1") == 0);
}

BOOST_AUTO_TEST_CASE(its_commands_say_what_they_run_and_how_that_ended) {
    kept.set_available("srv-1", "trafikito_df=\"df -h\"\ntrafikito_q=\"echo \\$5\"\n");
    report({{"trafikito_df", "x"}}, R"([{"command":"trafikito_df","exitCode":1}])");
    auto const all = read("/api/v1/machines/srv-1/commands");
    BOOST_TEST(all.at("all").as_bool());
    auto const& df = all.at("commands").as_array().at(0).as_object();
    BOOST_TEST(df.at("name").as_string() == "trafikito_df");
    BOOST_TEST(df.at("line").as_string() == "df -h");
    BOOST_TEST(df.at("wanted").as_bool());
    BOOST_TEST(df.at("problem").as_string() == "failed: exit code 1");
    auto const& other = all.at("commands").as_array().at(1).as_object();
    BOOST_TEST(other.at("line").as_string() == "echo \\$5");
    BOOST_TEST(other.at("ended").is_null());
}

BOOST_AUTO_TEST_CASE(an_order_names_commands_and_nothing_else) {
    kept.set_available("srv-1", "trafikito_df=\"df -h\"\n");
    auto const order = [&](std::string const& body) {
        return ask_json(role::administrator, "PUT", "/api/v1/machines/srv-1/order", body);
    };
    for (std::string const body :
         {R"({"commands":["df"]})", R"({"commands":["trafikito_"]})", R"({})",
          R"({"commands":["trafikito_a;reboot"]})", R"({"commands":["trafikito_a,b"]})",
          R"({"commands":"trafikito_df"})", R"({"commands":[null]})",
          R"({"commands":null,"delay_seconds":-1})", R"({"commands":null,"delay_seconds":1e9})"}) {
        BOOST_TEST(code_of(order(body)) == "invalid", body);
    }
    BOOST_TEST(!kept.find_server("srv-1").value().wanted.has_value());
    auto const answered = order(R"({"commands":["trafikito_gone"],"delay_seconds":5})");
    BOOST_TEST(answered.status == 200U);
    auto const commands = json_of(answered).at("commands").as_array();
    BOOST_TEST(!commands.at(0).at("wanted").as_bool());
    BOOST_TEST(commands.at(1).at("problem").as_string() ==
               "It is not in the list of this machine: it cannot run.");
    BOOST_TEST(kept.find_server("srv-1").value().delay.count() == 5);
    BOOST_TEST(servers_changes == 1);
    BOOST_TEST(order(R"({"commands":[]})").status == 200U);
    BOOST_TEST(kept.find_server("srv-1").value().wanted.value().empty());
    BOOST_TEST(order(R"({"commands":null})").status == 200U);
    BOOST_TEST(!kept.find_server("srv-1").value().wanted.has_value());
    BOOST_TEST(code_of(ask_json(role::reader, "PUT", "/api/v1/machines/srv-1/order",
                                R"({"commands":null})")) == "forbidden");
}

BOOST_AUTO_TEST_CASE(what_its_agent_complained_of_comes_newest_first) {
    kept.add_feedback("srv-1", "100", "first", "a\xff");
    now += 2min;
    kept.add_feedback("srv-1", "104", "second", "");
    auto const list = read("/api/v1/machines/srv-1/feedback").at("feedback").as_array();
    BOOST_REQUIRE(list.size() == 2U);
    BOOST_TEST(list[0].at("message").as_string() == "second");
    BOOST_TEST(list[1].at("details").as_string() == "a\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(who_is_not_there_is_not_found) {
    for (std::string const path : {"", "/commands", "/feedback", "/reports", "/outputs",
                                   "/outputs/trafikito_x", "/series"}) {
        BOOST_TEST(code_of(ask(role::reader, "GET", "/api/v1/machines/nobody" + path)) ==
                       "not_found",
                   path);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
