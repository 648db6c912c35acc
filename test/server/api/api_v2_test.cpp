#include "server/api/service.hpp"

#include "net/api/order.hpp"
#include "test/net/run_here.hpp"
#include "test/server/api/api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;

std::string const marker = "*-*-*-*------------ Trafikito command: ";
std::string const list = "*-*-*-*------------ Available commands:\n";

struct fixture : test::api_fixture {
    fixture() { offer("trafikito_uptime=\"uptime\"\ntrafikito_df=\"df -h\"\n"); }

    server::http::response get_config(std::string const& previous = "",
                                      std::string const& id = "srv-1",
                                      std::string const& key = "key-1") {
        return post("/v2/agent/get_config", R"({ "serverId": ")" + id + R"(", "serverApiKey": ")" +
                                                key + R"(", "previous": ")" + previous + R"(" })");
    }
    server::http::response save(std::string const& report, server::http::header_fields headers = {},
                                std::string const& key = "key-1") {
        return post_multipart("/v2/agent/save_output",
                              {{"output", report},
                               {"timeTookLastTime", "3"},
                               {"serverId", "srv-1"},
                               {"serverApiKey", key}},
                              std::move(headers));
    }
    std::size_t lines_above_debug() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            said, [](auto const& line) { return line.find(" debug ") == line.npos; }));
    }
    server::http::response feedback(std::string const& code, std::string const& key = "key-1") {
        return post_multipart("/v2/agent/error_feedback", {{"code", code},
                                                           {"message", "AGENT_INVALID_COMMANDS"},
                                                           {"details", "line 3\nline 4"},
                                                           {"serverApiKey", key}});
    }
};

BOOST_FIXTURE_TEST_SUITE(api_v2, fixture)

BOOST_AUTO_TEST_CASE(ping_is_answered_with_exactly_ok) {
    auto const answer = post("/v2/ping", "");
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(answer.body == "OK");
}

BOOST_AUTO_TEST_CASE(an_order_is_four_fields_with_names_without_prefix) {
    auto const body = get_config().body;
    BOOST_TEST(body.substr(32) == " uptime,df 55 0");
    auto const order = std::get<net::api::order>(net::api::parse_order_v2(body));
    BOOST_TEST(order.names == (std::vector<std::string>{"trafikito_uptime", "trafikito_df"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_order_has_a_dash) {
    kept.set_wanted("srv-1", std::vector<std::string>{});
    BOOST_TEST(get_config().body.substr(32) == " - 55 0");
}

BOOST_AUTO_TEST_CASE(the_same_order_is_an_equals_sign_until_it_changes) {
    auto const token = get_config().body.substr(0, 32);
    now += 60s;
    BOOST_TEST(get_config(token).body == "=");
    now += 60s;
    BOOST_TEST(get_config("tok123").body.substr(0, 32) == token);
    kept.set_delay("srv-1", 7s);
    now += 60s;
    auto const changed = get_config(token).body;
    BOOST_TEST(changed.substr(0, 32) != token);
    BOOST_TEST(changed.substr(32) == " uptime,df 55 7");
}

BOOST_AUTO_TEST_CASE(who_asks_twice_a_minute_is_told_so_also_with_the_right_token) {
    auto const token = get_config().body.substr(0, 32);
    auto const early = get_config(token);
    BOOST_TEST(early.status == 200U);
    BOOST_TEST(test::error_of(early) ==
               "#6d5jyjytjh SEND_DATA_ONCE_PER_MINUTE_OR_YOU_WILL_BE_BLOCKED");
    BOOST_TEST(logged("of srv-1 (host1): 200 SEND_DATA"));
    now += 55s;
    BOOST_TEST(get_config(token).body == "=");
}

BOOST_AUTO_TEST_CASE(the_minute_is_remembered_by_a_new_api_on_the_same_store) {
    get_config();
    server::api::service_settings settings;
    auto const clock = [this] { return now; };
    server::api::service again(context.get_executor(), thread, clock, settings, log);
    auto const body = R"({"serverId":"srv-1","serverApiKey":"key-1"})";
    server::http::request const ask{"POST", "/v2/agent/get_config", {}, body, "", ""};
    BOOST_TEST(test::error_of(test::run_here(context, again.answer(ask))).starts_with("#6d5"));
    settings.min_interval = 0s;
    server::api::service relaxed(context.get_executor(), thread, clock, settings, log);
    auto const order = test::run_here(context, relaxed.answer(ask));
    BOOST_TEST(order.body.substr(32) == " uptime,df 55 0");
    drain();
}

BOOST_AUTO_TEST_CASE(the_agent_of_a_removed_server_is_told_to_stop) {
    BOOST_TEST(kept.remove_server("srv-1"));
    BOOST_TEST(get_config().body == "STOP the server was removed");
    BOOST_TEST(get_config("", "srv-1", "key-2").status == 401U);
    BOOST_TEST(save("x").status == 401U);
    BOOST_TEST(logged("told the agent of a removed server to stop"));
}

BOOST_AUTO_TEST_CASE(an_order_notes_where_from_and_which_agent_asks) {
    BOOST_TEST(get_config().status == 200U);
    BOOST_TEST(server().last_address == "127.0.0.1");
    BOOST_TEST(server().agent == "shell agent");
}

BOOST_AUTO_TEST_CASE(an_agent_that_asks_too_early_again_and_again_is_named) {
    get_config();
    for (int i = 0; i < 4; ++i) {
        get_config();
    }
    BOOST_TEST(!logged("two agents ask"));
    get_config();
    BOOST_TEST(logged("two agents ask as srv-1 (host1), or one asks more often than it may"));
    BOOST_TEST((server().several_machines == now));
    BOOST_TEST(server().several_machines_times == 1);
}

BOOST_AUTO_TEST_CASE(wrong_keys_are_refused_everywhere) {
    BOOST_TEST(get_config("", "srv-1", "key-2").status == 401U);
    BOOST_TEST(get_config("", "srv-2").body == get_config("", "srv-1", "key-2").body);
    BOOST_TEST(save("x", {}, "key-2").status == 401U);
    BOOST_TEST(feedback("100", "key-2").status == 401U);
    BOOST_TEST(feedback("100", "").status == 401U);
    BOOST_TEST(kept.last_report_id() == 0);
    BOOST_TEST(!logged("key-"));
}

BOOST_AUTO_TEST_CASE(json_of_another_form_is_malformed_or_without_key) {
    for (auto const* body : {"", "{", "[]", "null", "\xff", "{\"serverId\":\"srv-1\"} trailing",
                             "[[[[[[[[[[[[1]]]]]]]]]]]]"}) {
        BOOST_TEST(post("/v2/agent/get_config", body).status == 400U, body);
    }
    BOOST_TEST(post("/v2/agent/get_config", "{}").status == 401U);
    BOOST_TEST(post("/v2/agent/get_config", R"({"serverId":1,"serverApiKey":{}})").status == 401U);
}

BOOST_AUTO_TEST_CASE(a_report_is_stored_byte_for_byte_with_its_list) {
    std::string const binary("\0\xff\r\n no newline at its end", 27);
    auto const answer = save(marker + "trafikito_uptime\n" + binary + marker + "trafikito_df\n\n" +
                             list + "trafikito_df=\"df\"\nnot valid\n");
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(answer.body == "OK");
    auto const outputs = last_outputs();
    BOOST_REQUIRE_EQUAL(outputs.size(), 2U);
    BOOST_TEST(outputs[0].command == "trafikito_uptime");
    BOOST_TEST(outputs[0].bytes == binary);
    BOOST_TEST(outputs[1].bytes == "\n");
    BOOST_TEST(server().available == "trafikito_df=\"df\"\n");
    BOOST_TEST(logged("report 1 of srv-1 (host1): 2 commands"));
}

BOOST_AUTO_TEST_CASE(our_own_agent_cannot_be_made_to_forge_a_section) {
    std::string const report =
        marker + "trafikito_ps\nroot 1 " + marker + "trafikito_forged\n" + list;
    save(report, {{"User-Agent", "trafikito-agent/0.1.0"}});
    BOOST_TEST(last_outputs().size() == 1U);
    save(report, {{"User-Agent", "curl/7.88.1"}}); // there it may be glued output
    BOOST_TEST(last_outputs().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_report_without_its_last_section_leaves_the_list_alone) {
    save(marker + "trafikito_df\nx\n");
    BOOST_TEST(server().available.starts_with("trafikito_uptime"));
    save(list);
    BOOST_TEST(server().available.empty());
}

BOOST_AUTO_TEST_CASE(a_report_of_nothing_but_markers_is_refused) {
    std::string report;
    for (int i = 0; i < 5000; ++i) {
        report += marker + "trafikito_x\n";
    }
    BOOST_TEST(save(report).status == 400U);
    BOOST_TEST(kept.last_report_id() == 0);
}

BOOST_AUTO_TEST_CASE(a_report_of_another_form_is_refused) {
    BOOST_TEST(post("/v2/agent/save_output", "x").status == 400U);
    BOOST_TEST(
        post_multipart("/v2/agent/save_output", {{"serverId", "srv-1"}, {"serverApiKey", "key-1"}})
            .status == 400U);
}

BOOST_AUTO_TEST_CASE(feedback_is_kept_once_a_minute_and_always_thanked) {
    BOOST_TEST(feedback("100").body == "OK");
    BOOST_TEST(feedback("100").body == "OK");
    auto const rows = kept.feedback("srv-1");
    BOOST_REQUIRE_EQUAL(rows.size(), 1U);
    BOOST_TEST(rows[0].code == "100");
    BOOST_TEST(rows[0].message == "AGENT_INVALID_COMMANDS");
    BOOST_TEST(rows[0].details == "line 3\nline 4");
    BOOST_TEST(logged("line 3\\x0aline 4"));
    BOOST_TEST(feedback("").status == 400U);
    BOOST_TEST(feedback("1\n2").status == 400U);
    BOOST_TEST(post("/v2/agent/error_feedback", "x").status == 400U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_feedback_fills_neither_the_log_nor_the_disk) {
    std::size_t thanked = 0;
    server::http::response last;
    for (int i = 0; i < 200; ++i, now += 1ms) {
        last = feedback(std::to_string(i));
        thanked += last.body == "OK" ? 1U : 0U;
    }
    BOOST_TEST(thanked == 10U);
    BOOST_TEST(last.status == 429U);
    BOOST_TEST(test::error_of(last) == "#too_much_feedback TOO_MUCH_FEEDBACK_SEND_IT_LATER");
    BOOST_TEST(kept.feedback("srv-1").size() == 10U);
    BOOST_TEST(lines_above_debug() == 11U); // the last of them says the refusal, once
    now += 61s;
    BOOST_TEST(feedback("1").body == "OK");
    api.tick(std::chrono::steady_clock::now() + 61s);
    BOOST_TEST(
        logged("429 TOO_MUCH_FEEDBACK_SEND_IT_LATER: 189 times more from 127.0.0.1 in the last "));
}

BOOST_AUTO_TEST_CASE(feedback_counts_as_what_a_machine_sends) {
    server::api::service_settings settings;
    settings.machine_rate = 1000;
    api.set(settings);
    std::size_t thanked = 0;
    while (thanked < 10 && feedback(std::to_string(thanked)).status == 200) {
        ++thanked;
    }
    BOOST_TEST((thanked > 1 && thanked < 5));
    BOOST_TEST(kept.feedback("srv-1").size() == thanked);
    BOOST_TEST(save(marker + "uptime\n" + std::string(900, 'x') + "\n").status == 429U);
}

BOOST_AUTO_TEST_CASE(feedback_that_comes_again_and_again_is_said_once_and_counted) {
    for (int minute = 0; minute < 5; ++minute, now += 61s) {
        BOOST_TEST(feedback("100").body == "OK");
    }
    BOOST_TEST(kept.feedback("srv-1").size() == 5U);
    BOOST_TEST(lines_above_debug() == 1U);
}

BOOST_AUTO_TEST_CASE(an_agent_of_a_removed_server_that_does_not_stop_is_said_once) {
    kept.remove_server("srv-1");
    for (int i = 0; i < 50; ++i) {
        BOOST_TEST(post("/v2/agent/get_config", R"({"serverId":"srv-1","serverApiKey":"key-1"})")
                       .body.starts_with("STOP "));
    }
    BOOST_TEST(logged("told the agent of a removed server to stop (from 127.0.0.1)"));
    BOOST_TEST(lines_above_debug() == 1U);
}

BOOST_AUTO_TEST_CASE(orders_without_a_bound_are_noted_on_the_disk_at_a_bounded_rate) {
    server::api::service_settings settings;
    settings.min_interval = 0s;
    api.set(settings);
    auto const version = kept.data_version();
    std::optional<base::wall_time> noted;
    for (int i = 0; i < 300; ++i, now += 1ms) {
        BOOST_TEST(
            post("/v2/agent/get_config", R"({"serverId":"srv-1","serverApiKey":"key-1"})").status ==
            200U);
        noted = i == 119 ? server().last_order : noted;
    }
    BOOST_TEST(kept.data_version() != version);
    BOOST_TEST((server().last_order == noted));
}

BOOST_AUTO_TEST_CASE(no_widget_is_ever_offered) {
    auto const answer = post("/v2/widget/get-command", R"({"widgetId":"w1"})");
    BOOST_TEST(answer.status == 403U);
    BOOST_TEST(test::error_of(answer) == "#widgets WIDGETS_NOT_OFFERED");
    BOOST_TEST(post("/v2/widget/install", "").body == answer.body);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
