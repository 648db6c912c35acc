#include "server/api/service.hpp"

#include "test/server/api/api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;

std::string const marker = "*-*-*-*------------ Trafikito command: ";
std::string const nonce = "0123456789abcdef0123456789abcdef";

struct fixture : test::api_fixture {
    std::string token = make_token();

    std::string make_token(std::int64_t machines = 1, std::optional<std::string> name = {}) {
        auto const text = server::security::random_token();
        server::store::enrolment_token made;
        made.digest = server::security::sha256(text);
        made.created = now;
        made.ends = now + 24h;
        made.machines = machines;
        made.server_name = std::move(name);
        kept.add_token(made);
        return text;
    }
    server::http::response enrol(std::string const& key, std::string const& with_nonce = "",
                                 std::string const& workspace = "default") {
        server::http::header_fields headers;
        if (!with_nonce.empty()) {
            headers.emplace_back("Trafikito-Enroll-Nonce", with_nonce);
        }
        return post("/v2/agent/get_agent_file?file=trafikito.conf",
                    R"({"workspaceId":")" + workspace + R"(","userApiKey":")" + key +
                        R"(","serverName":"box","tmpFilePath":""})",
                    headers);
    }
    server::http::response commands(std::string const& key, std::string const& id) {
        return post_multipart("/v2/agent/get_agent_file?file=available_commands.sh",
                              {{"output", marker + "uptime\nup\n"},
                               {"userApiKey", key},
                               {"workspaceId", "default"},
                               {"serverId", id},
                               {"os", "debian"}});
    }
    server::http::response report(server::http::response const& as) {
        return post_multipart("/v2/agent/save_output",
                              {{"output", marker + "trafikito_uptime\nup\n"},
                               {"serverId", value_of(as, "server_id")},
                               {"serverApiKey", value_of(as, "api_key")}});
    }
    server::http::response order(server::http::response const& as) {
        return post("/v2/agent/get_config", R"({"serverId":")" + value_of(as, "server_id") +
                                                R"(","serverApiKey":")" + value_of(as, "api_key") +
                                                "\"}");
    }
    static std::string value_of(server::http::response const& answer, std::string const& name) {
        std::istringstream lines(answer.body);
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with(name + " = ")) {
                return line.substr(name.size() + 3);
            }
        }
        return {};
    }
    static std::string code_of(server::http::response const& answer) {
        auto const error = test::error_of(answer);
        return std::to_string(answer.status) + " " + error.substr(0, error.find(' '));
    }
};

BOOST_FIXTURE_TEST_SUITE(token_enrolment, fixture)

BOOST_AUTO_TEST_CASE(a_machine_becomes_a_server_and_the_token_is_used_up_with_its_report) {
    auto const made = enrol(token);
    BOOST_TEST(made.status == 200U);
    auto const id = value_of(made, "server_id");
    BOOST_TEST(kept.find_server(id).value().name == "box");
    auto const list = commands(token, id);
    BOOST_TEST(list.status == 200U);
    BOOST_TEST(list.body.find("trafikito_uptime=\"uptime\"") != std::string::npos);
    BOOST_TEST(order(made).status == 200U);
    BOOST_TEST(report(made).body == "OK");
    BOOST_TEST(code_of(enrol(token)) == "403 #token_used_up");
    BOOST_TEST(code_of(commands(token, id)) == "403 #token_used_up");
    BOOST_TEST(!logged(token));
    BOOST_TEST(!logged(value_of(made, "api_key")));
}

BOOST_AUTO_TEST_CASE(what_it_is_refused_for_says_what_to_do) {
    auto const says = [](server::http::response const& answer, char const* text) {
        return test::error_of(answer).find(text) != std::string::npos;
    };
    BOOST_TEST(code_of(enrol("enroll-" + std::string(64, 'a'))) == "401 #token_unknown");
    BOOST_TEST(code_of(enrol("enroll-" + std::string(63, 'a'))) == "401 #wrong_user_key");
    BOOST_TEST(code_of(enrol(token, "", "other")) == "401 #wrong_user_key");
    auto const gone = make_token();
    kept.revoke_token(server::security::sha256(gone));
    BOOST_TEST(code_of(enrol(gone)) == "403 #token_revoked");
    BOOST_TEST(says(enrol(gone), "`trafikito-server enroll-command`"));
    now += 24h;
    BOOST_TEST(code_of(enrol(token)) == "403 #token_expired");
    now -= 24h + 61min;
    BOOST_TEST(code_of(enrol(token)) == "403 #token_expired");
    BOOST_TEST(says(enrol(token), "clock"));
}

BOOST_AUTO_TEST_CASE(an_interrupted_installer_gets_the_same_server_with_a_new_key) {
    auto const first = enrol(token, nonce);
    auto const second = enrol(token, nonce);
    BOOST_TEST(value_of(first, "server_id") == value_of(second, "server_id"));
    BOOST_TEST(value_of(first, "api_key") != value_of(second, "api_key"));
    BOOST_TEST(order(first).status == 401U);
    BOOST_TEST(order(second).status == 200U);
    BOOST_TEST(kept.servers().size() == 2U);
    BOOST_TEST(second.body.find("# another") == std::string::npos);
    BOOST_TEST(logged("enrolled again"));
    BOOST_TEST(enrol(token, "not a nonce").status == 400U);
    BOOST_TEST(report(second).body == "OK");
    BOOST_TEST(code_of(enrol(token, nonce)) == "403 #token_used_up");
}

BOOST_AUTO_TEST_CASE(those_that_come_too_late_are_told_to_stop) {
    auto const one = enrol(token);
    auto const other = enrol(token);
    BOOST_TEST(order(other).status == 200U);
    BOOST_TEST(report(one).body == "OK");
    BOOST_TEST(order(other).body.starts_with("STOP "));
    BOOST_TEST(report(other).status == 401U);
    BOOST_TEST(kept.servers().size() == 2U);
    BOOST_TEST(logged("1 server of the token that had not reported yet went"));
}

BOOST_AUTO_TEST_CASE(whoever_begins_without_end_makes_a_few) {
    std::size_t made = 0;
    server::http::response last;
    for (int i = 0; i < 20; ++i) {
        last = enrol(token);
        made += last.status == 200 ? 1U : 0U;
    }
    BOOST_TEST(made == 9U);
    BOOST_TEST(code_of(last) == "403 #token_too_many_begun");
    BOOST_TEST(enrol("user-key").status == 200U); // as ever
}

BOOST_AUTO_TEST_CASE(it_can_do_nothing_else) {
    auto const other = enrol(make_token());
    auto const id = value_of(other, "server_id");
    BOOST_TEST(code_of(commands(token, id)) == "403 #token_other_server");
    BOOST_TEST(code_of(commands(token, "srv-1")) == "403 #token_other_server");
    BOOST_TEST(code_of(commands(token, "nobody")) == "403 #token_other_server");
    BOOST_TEST(code_of(commands("enroll-" + std::string(64, 'b'), id)) == "401 #token_unknown");
    BOOST_TEST(post("/v2/agent/get_config",
                    R"({"serverId":")" + id + R"(","serverApiKey":")" + token + "\"}")
                   .status == 401U);
    BOOST_TEST(post("/v1/agent/get", "serverId=srv-1&agentVersion=14", {{"Authorization", token}})
                   .status == 401U);
    BOOST_TEST(post_multipart("/v2/agent/error_feedback",
                              {{"code", "100"}, {"message", "x"}, {"serverApiKey", token}})
                   .status == 401U);
}

BOOST_AUTO_TEST_CASE(revoking_stops_those_that_have_not_reported) {
    auto const several = make_token(3);
    auto const reported = enrol(several);
    auto const waiting = enrol(several);
    BOOST_TEST(report(reported).body == "OK");
    BOOST_TEST(kept.revoke_token(server::security::sha256(several)).value() == 1);
    BOOST_TEST(code_of(commands(several, value_of(waiting, "server_id"))) == "403 #token_revoked");
    BOOST_TEST(order(waiting).body.starts_with("STOP "));
    now += 60s;
    BOOST_TEST(order(reported).status == 200U);
    BOOST_TEST(!order(reported).body.starts_with("STOP "));
}

BOOST_AUTO_TEST_CASE(a_removed_one_makes_room_for_a_new_one) {
    auto const first = enrol(token, nonce);
    kept.remove_server(value_of(first, "server_id"));
    BOOST_TEST(order(first).body.starts_with("STOP "));
    auto const second = enrol(token, nonce);
    BOOST_TEST(second.status == 200U);
    BOOST_TEST(value_of(first, "server_id") != value_of(second, "server_id"));
    BOOST_TEST(report(second).body == "OK");
}

BOOST_AUTO_TEST_CASE(the_name_is_that_of_the_token) {
    auto const named = enrol(make_token(1, "web 1"));
    BOOST_TEST(kept.find_server(value_of(named, "server_id")).value().name == "web 1");
    auto const second = enrol(make_token(1, "web 1"));
    BOOST_TEST(second.body.find("# another server is called web 1 already") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_token_enrols_no_faster_than_the_user_key) {
    auto const many = make_token(100'000);
    std::size_t made = 0;
    for (std::size_t i = 0; i < server::api::service::max_enrolments + 5; ++i) {
        made += enrol(many, nonce).status == 200 ? 1U : 0U;
    }
    BOOST_TEST(made == server::api::service::max_enrolments);
    BOOST_TEST(code_of(enrol(many)) == "429 #too_many_enrolments");
    BOOST_TEST(enrol(token).status == 200U); // which is nobody else's fault
    BOOST_TEST(enrol("user-key").status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
