#include "server/people/people_endpoints.hpp"

#include "base/percent_encoding.hpp"
#include "net/api/report.hpp"
#include "test/server/people/people_fixture.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::people::role;
using test::code_of;
using test::json_of;
using test::people_browser;

struct fixture : test::people_fixture {
    server::http::response administrator(std::string method, std::string target,
                                         boost::json::value const& body = nullptr) {
        return ask(role::administrator, std::move(method), std::move(target),
                   body.is_null() ? "" : serialize(body));
    }
    boost::json::value enrolment(boost::json::value const& body) {
        auto const answer = administrator("POST", "/api/v1/enrolments", body);
        BOOST_REQUIRE_EQUAL(answer.status, 201U);
        return json_of(answer);
    }
    std::string state_of(boost::json::value const& enrolment) {
        auto const answer = administrator("GET", "/api/v1/enrolments/" +
                                                     std::string(enrolment.at("id").as_string()));
        return std::string(json_of(answer).at("state").as_string());
    }
    static std::string token_in(boost::json::value const& enrolment) {
        std::string const text = serialize(enrolment);
        auto const at = text.find("enroll-");
        return text.substr(at, 7 + 64);
    }
    server::store::store::enrolled enrol(std::string const& token, std::string const& id) {
        server::store::enrolment_request wanted;
        wanted.token = server::security::sha256(token);
        wanted.id = id;
        wanted.name = id;
        wanted.key = server::security::sha256(id);
        return kept.enrol(wanted);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(people_endpoints, fixture)

BOOST_AUTO_TEST_CASE(who_is_let_in_gets_a_link_and_sets_the_password_himself) {
    auto browser = logged_in();
    auto const made =
        json_of(ask(browser, "POST", "/api/v1/people", R"({"name":"zoe","role":"reader"})"));
    std::string const link(made.at("link").as_string());
    BOOST_TEST(link.starts_with("https://trafikito.example:8443/#/password/"));
    people_browser zoes;
    auto const secret = link.substr(link.rfind('/') + 1);
    BOOST_TEST(ask(zoes, "POST", "/api/v1/password",
                   R"({"link":")" + secret + R"(","password":"a password of zoe"})")
                   .status == 200U);
    BOOST_TEST(json_of(ask(zoes, "GET", "/api/v1/session")).at("role").as_string() == "reader");
    BOOST_TEST(!logged(secret));
}

BOOST_AUTO_TEST_CASE(a_link_goes_to_the_address_that_the_administrator_uses_if_it_is_ours) {
    for (auto const& [host, expected] : std::initializer_list<std::pair<char const*, char const*>>{
             {"trafikito.example:9000", "https://trafikito.example:9000/"},
             {"evil.example", "https://trafikito.example:8443/"},
             {"trafikito.example/#/", "https://trafikito.example:8443/"}}) {
        auto from =
            people_browser("192.0.2.9", false).request("POST", "/api/v1/people/bob/link", "");
        from.headers = {{"Host", host},
                        {"Authorization", "Bearer " + token_of(role::administrator)}};
        auto const link = json_of(ask(std::move(from))).at("link").as_string();
        BOOST_TEST(std::string(link).starts_with(expected), host);
    }
}

BOOST_AUTO_TEST_CASE(names_of_people_are_checked_and_found_again_in_a_path) {
    for (auto const* const name : {"", " x", "x ", "a/b", "..", "a\nb", "a\x1b[31m"}) {
        auto const answer =
            administrator("POST", "/api/v1/people", {{"name", name}, {"role", "reader"}});
        BOOST_TEST(answer.status == 400U, name);
    }
    for (auto const* const name :
         {"<img src=x onerror=alert(1)>", "Ada L. & Söhne", "100%", "a?b#c"}) {
        BOOST_TEST(
            administrator("POST", "/api/v1/people", {{"name", name}, {"role", "reader"}}).status ==
                201U,
            name);
        auto const path = "/api/v1/people/" + base::percent_encode(name);
        BOOST_TEST(administrator("DELETE", path).status == 204U, name);
        BOOST_TEST(administrator("DELETE", path).status == 404U, name);
    }
}

BOOST_AUTO_TEST_CASE(the_last_administrator_stays_and_who_goes_is_out) {
    auto bobs = logged_in("bob");
    BOOST_TEST(administrator("DELETE", "/api/v1/people/ada").status == 409U);
    BOOST_TEST(administrator("DELETE", "/api/v1/people/bob").status == 204U);
    BOOST_TEST(ask(bobs, "GET", "/api/v1/machines").status == 401U);
    BOOST_TEST(json_of(administrator("GET", "/api/v1/people")).at("people").as_array().size() ==
               1U);
}

BOOST_AUTO_TEST_CASE(a_token_is_seen_once_and_ends_when_it_is_revoked_or_its_time_has_come) {
    auto const made = json_of(administrator(
        "POST", "/api/v1/tokens", {{"name", "prom"}, {"role", "reader"}, {"valid_seconds", 3600}}));
    std::string const token(made.at("token").as_string());
    people_browser program("192.0.2.9", false);
    program.further.emplace_back("Authorization", "Bearer " + token);
    BOOST_TEST(ask(program, "GET", "/api/v1/machines").status == 200U);
    auto const list = administrator("GET", "/api/v1/tokens");
    BOOST_TEST(list.body.find(token) == std::string::npos);
    BOOST_TEST(list.body.find(R"("name":"prom")") != std::string::npos);
    BOOST_TEST(!logged(token));
    now += 1h;
    BOOST_TEST(ask(program, "GET", "/api/v1/machines").status == 401U);
    now -= 1h;
    BOOST_TEST(ask(program, "GET", "/api/v1/machines").status == 200U);
    BOOST_TEST(administrator("DELETE", "/api/v1/tokens/" + std::string(made.at("id").as_string()))
                   .status == 204U);
    BOOST_TEST(ask(program, "GET", "/api/v1/machines").status == 401U);
}

BOOST_AUTO_TEST_CASE(a_life_without_sense_is_refused) {
    for (auto const& life : std::initializer_list<boost::json::value>{0, -1, 59, 1.5, "3600", true,
                                                                      315360001, 1e300}) {
        auto const answer = administrator(
            "POST", "/api/v1/tokens", {{"name", "x"}, {"role", "reader"}, {"valid_seconds", life}});
        BOOST_TEST(answer.status == 400U, serialize(life));
    }
}

BOOST_AUTO_TEST_CASE(an_enrolment_says_what_to_type_and_then_how_far_it_is) {
    auto const made = enrolment({{"server_name", "web 1"}});
    BOOST_TEST(made.at("command").is_null()); // there is nothing to be downloaded
    BOOST_TEST(made.at("steps").as_array().size() >= 3U);
    BOOST_TEST(serialize(made).find("--server-name 'web 1'") != std::string::npos);
    BOOST_TEST(servers_changes == 1);
    BOOST_TEST(state_of(made) == "waiting");
    BOOST_TEST((enrol(token_in(made), "new").outcome == server::store::enrolment_outcome::made));
    BOOST_TEST(state_of(made) == "enrolled");
    BOOST_TEST(kept.find_server("new").value().name == "web 1");
    net::api::parsed_report const report{{{"trafikito_x", "x"}}, {}};
    kept.add_report("new", report);
    auto const answer = json_of(
        administrator("GET", "/api/v1/enrolments/" + std::string(made.at("id").as_string())));
    BOOST_TEST(answer.at("state").as_string() == "reported");
    BOOST_TEST(answer.at("machines").at(0).at("id").as_string() == "new");
    BOOST_TEST(answer.at("machines").at(0).at("reported_at").as_int64() == 1'800'000'000'000);
}

BOOST_AUTO_TEST_CASE(where_there_are_files_it_is_one_line) {
    server::people::surroundings around;
    around.way.api_url = "https://trafikito.example:8443";
    around.way.pin = "sha256/AAAA";
    around.way.names = {"trafikito.example"};
    around.files = std::make_shared<server::api::agent_files const>();
    shows.use(around);
    auto const made = enrolment({{"server_name", "it's"}});
    std::string const line(made.at("command").as_string());
    BOOST_TEST(line.starts_with("curl -fsSk --pinnedpubkey 'sha256//AAAA' "
                                "https://trafikito.example:8443/install.sh | sudo sh -s -- "
                                "--user_api_key=enroll-"));
    BOOST_TEST(line.ends_with(R"( --workspace_id=default --servername='it'\''s')"));
    BOOST_TEST(line.find('\n') == std::string::npos);
    BOOST_TEST(made.at("steps").as_array().empty());
}

BOOST_AUTO_TEST_CASE(an_enrolment_that_is_ended_enrols_nobody) {
    auto const made = enrolment({{"server_name", nullptr}});
    auto const token = token_in(made);
    enrol(token, "pending");
    auto const path = "/api/v1/enrolments/" + std::string(made.at("id").as_string());
    BOOST_TEST(administrator("DELETE", path).status == 204U);
    BOOST_TEST(state_of(made) == "ended");
    BOOST_TEST(!kept.find_server("pending"));
    BOOST_TEST((enrol(token, "late").outcome == server::store::enrolment_outcome::revoked));
    auto const second = enrolment({{"server_name", nullptr}});
    now += 24h;
    BOOST_TEST(state_of(second) == "ended");
}

BOOST_AUTO_TEST_CASE(a_machine_cannot_be_called_as_another_ones_id) {
    auto const answer = administrator("POST", "/api/v1/enrolments", {{"server_name", "SRV-1"}});
    BOOST_TEST(answer.status == 409U);
    BOOST_TEST(code_of(answer) == "conflict");
    for (auto const* const name : {"", "a\nb", "a\x1b[31m"}) {
        BOOST_TEST(administrator("POST", "/api/v1/enrolments", {{"server_name", name}}).status ==
                   400U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
