#include "server/people/openapi.hpp"

#include "net/api/report.hpp"
#include "test/net/run_here.hpp"
#include "test/server/people/openapi_document.hpp"
#include "test/server/people/people_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using who_may = server::people::access;
using server::people::role;
using test::people_browser;

constexpr char const* good_password = "another good password";

// It asks everything that the document knows, and remembers which answers it got.
struct fixture : test::people_fixture {
    fixture() {
        kept.set_available("srv-1", "trafikito_df=\"df -h\"\n");
        net::api::parsed_report const report{{{"trafikito_df", "x\xff"}, {"trafikito_old", ""}},
                                             {}};
        server::store::report_facts facts;
        facts.results = R"([{"command":"trafikito_df","exitCode":1,"durationMs":12}])";
        BOOST_REQUIRE(kept.add_report("srv-1", report, facts));
        now += 60s;
        BOOST_REQUIRE(kept.add_report("srv-1", report, facts));
        kept.add_feedback("srv-1", "code", "message", "details");
    }

    server::http::response noted(std::string const& method, std::string const& target,
                                 server::http::response answer) {
        seen.insert(test::as_documented(method, target, answer.status));
        return answer;
    }
    /// As ada, by a browser.
    server::http::response page(std::string const& method, std::string const& target,
                                std::string const& body = "") {
        return noted(method, target, ask(ada, method, target, body));
    }
    server::http::response by(role as, std::string const& method, std::string const& target,
                              std::string const& body = "") {
        return noted(method, target, ask(as, method, target, body));
    }
    server::http::response stranger(std::string const& method, std::string const& target,
                                    std::string const& body = "") {
        people_browser nobody("203.0.113.1");
        return noted(method, target, ask(nobody, method, target, body));
    }
    server::http::response by_bad_token(std::string const& method, std::string const& target) {
        people_browser program("203.0.113.3", false);
        program.further.emplace_back("Authorization", "Bearer nothing");
        return noted(method, target, ask(program, method, target));
    }
    server::http::response other_site(std::string const& method, std::string const& target,
                                      std::string const& body) {
        people_browser victim("203.0.113.2", false);
        victim.further.emplace_back("Origin", "https://evil.example");
        return noted(method, target, ask(victim, method, target, body));
    }
    std::string link_for(std::string_view name, bool enters) {
        auto secret = server::security::random_secret();
        kept.add_link(server::security::sha256(secret), kept.find_person(name).value().id, enters);
        return R"({"link":")" + secret + R"("})";
    }
    static std::string with_password(std::string link) {
        link.back() = ',';
        return link + R"("password":")" + good_password + R"("})";
    }
    void ask_about_sessions();
    void ask_about_passwords();
    void ask_about_people();
    void ask_about_tokens();
    void ask_about_enrolments();
    void ask_about_machines();
    void ask_about_others();
    void ask_without_database();

    people_browser ada = logged_in();
    std::set<std::string> seen;
};

void fixture::ask_about_sessions() {
    auto const path = "/api/v1/session";
    page("GET", path);
    stranger("GET", path);
    by_bad_token("GET", path);
    stranger("POST", path, "{}");
    stranger("POST", path, link_for("ada", true));
    other_site("POST", path, link_for("ada", true));
    for (int i = 0; i < 11; ++i) {
        stranger("POST", path, R"({"name":"ada","password":"wrong"})");
    }
    steady += 60s;
    by(role::reader, "DELETE", path);
    stranger("DELETE", path);
    auto other = logged_in();
    people_browser form("192.0.2.1", false);
    form.cookies = other.cookies;
    noted("DELETE", path, ask(form, "DELETE", path));
    noted("DELETE", path, ask(other, "DELETE", path));
    stranger("POST", "/api/v1/link", link_for("ada", false));
    stranger("POST", "/api/v1/link", R"({"link":"none"})");
    stranger("POST", "/api/v1/link", "{}");
    other_site("POST", "/api/v1/link", "{}");
}

void fixture::ask_about_passwords() {
    auto const path = "/api/v1/password";
    auto bobs = logged_in("bob");
    auto const change = [](std::string_view current) {
        return serialize(boost::json::object{{"current", current}, {"password", good_password}});
    };
    stranger("POST", path, "{}");
    stranger("POST", path, change("x"));
    stranger("POST", path, with_password(R"({"link":"none"})"));
    other_site("POST", path, change("x"));
    for (auto const& answer :
         ask_together({bobs.request("POST", path, change(test::bobs_password)),
                       bobs.request("POST", path, change(test::bobs_password))})) {
        noted("POST", path, answer);
    }
    stranger("POST", path, with_password(link_for("bob", false)));
    for (int i = 0; i < 11; ++i) {
        page("POST", path, change("a wrong one"));
    }
}

void fixture::ask_about_people() {
    auto const path = "/api/v1/people";
    stranger("GET", path);
    by(role::reader, "GET", path);
    page("POST", path, R"({"name":"zoe","role":"reader"})");
    page("POST", path, R"({"name":"zoe","role":"reader"})");
    page("POST", path, R"({"name":"zoe","role":"king"})");
    by(role::reader, "POST", path, R"({"name":"eve","role":"administrator"})");
    stranger("POST", path, "{}");
    page("GET", path);
    for (auto const* const rest : {"/zoe/link", "/nobody/link"}) {
        page("POST", path + std::string(rest));
        stranger("POST", path + std::string(rest));
        by(role::reader, "POST", path + std::string(rest));
    }
    for (auto const* const rest : {"/zoe", "/nobody", "/ada"}) {
        stranger("DELETE", path + std::string(rest));
        by(role::reader, "DELETE", path + std::string(rest));
        page("DELETE", path + std::string(rest));
    }
}

void fixture::ask_about_tokens() {
    auto const path = "/api/v1/tokens";
    auto const made =
        page("POST", path, R"({"name":"prom","role":"reader","valid_seconds":86400})");
    auto const id = std::string(test::json_of(made).at("id").as_string());
    page("POST", path, R"({"name":"prom","role":"reader","valid_seconds":1})");
    stranger("POST", path, "{}");
    by(role::reader, "POST", path, R"({"name":"x","role":"administrator"})");
    page("GET", path);
    stranger("GET", path);
    by(role::reader, "GET", path);
    by(role::reader, "DELETE", path + ("/" + id));
    stranger("DELETE", path + ("/" + id));
    page("DELETE", path + ("/" + id));
    page("DELETE", path + ("/" + id));
    kept.together([&] {
        while (kept.api_tokens().size() < server::store::max_api_tokens) {
            token_of(role::reader);
        }
    });
    page("POST", path, R"({"name":"one more","role":"reader"})");
    kept.together([&] {
        for (auto const& one : kept.api_tokens()) {
            kept.revoke_api_token(one.id);
        }
    });
}

void fixture::ask_about_enrolments() {
    auto const path = "/api/v1/enrolments";
    auto const made = page("POST", path, R"({"server_name":"web1"})");
    auto const one = path + ("/" + std::string(test::json_of(made).at("id").as_string()));
    page("POST", path, "{}");
    page("POST", path, R"({"server_name":7})");
    page("POST", path, R"({"server_name":"SRV-1"})");
    stranger("POST", path, "{}");
    by(role::reader, "POST", path, "{}");
    for (auto const* const method : {"GET", "DELETE"}) {
        stranger(method, one);
        by(role::reader, method, one);
        page(method, one);
        page(method, path + std::string("/none"));
    }
}

void fixture::ask_about_machines() {
    auto const all = std::string("/api/v1/machines");
    auto const one = all + "/srv-1";
    for (auto const& path :
         {all, one, all + "/none", one + "/commands", all + "/none/commands", one + "/feedback",
          all + "/none/feedback", one + "/reports", all + "/none/reports", one + "/reports?limit=0",
          one + "/outputs", all + "/none/outputs", one + "/outputs?at=x",
          one + "/outputs/trafikito_df", one + "/outputs/trafikito_none",
          one + "/outputs/trafikito_df?at=-1", one + "/series", all + "/none/series",
          one + "/series?points=0"}) {
        by(role::reader, "GET", path);
        stranger("GET", path);
    }
    kept.add_server("other", "host2", server::security::sha256("other"));
    for (auto const& [method, path, body] : std::initializer_list<std::array<std::string, 3>>{
             {"PATCH", one, R"({"name":"web1","tags":["a","b"]})"},
             {"PATCH", one, R"({"name":"other"})"},
             {"PATCH", one, R"({"tags":7})"},
             {"PATCH", all + "/none", R"({"name":"x"})"},
             {"PUT", one + "/order", R"({"commands":["trafikito_df"],"delay_seconds":5})"},
             {"PUT", one + "/order", R"({"commands":["df; reboot"]})"},
             {"PUT", all + "/none/order", R"({"commands":null})"},
             {"DELETE", all + "/other", ""},
             {"DELETE", all + "/none", ""}}) {
        stranger(method, path, body);
        by(role::reader, method, path, body);
        page(method, path, body);
    }
    now += 2h; // srv-1 is late, other is stopped
    page("GET", all);
}

void fixture::ask_about_others() {
    std::vector<server::http::response> streams; // as long as these last
    for (int i = 0; i < 20; ++i) {
        streams.push_back(page("GET", "/api/v1/events"));
    }
    stranger("GET", "/api/v1/events");
    stranger("GET", "/api/v1/openapi.json");
    by(role::reader, "GET", "/metrics");
    stranger("GET", "/metrics");
    stranger("GET", "/readyz");
    stranger("GET", "/healthz");
    for (auto const& stream : streams) {
        if (stream.stream) {
            stream.stream->close();
        }
    }
}

/// All that are to say it are asked with a body that is right, for it is looked at first.
void fixture::ask_without_database() {
    std::vector<server::http::request> all;
    people_browser browser = ada;
    auto const bodies = std::map<std::string, std::string>{
        {"POST /api/v1/session", R"({"link":"x"})"},
        {"POST /api/v1/link", R"({"link":"x"})"},
        {"POST /api/v1/password", with_password(R"({"link":"x"})")}};
    thread.stop(10s);
    reads.stop(10s);
    for (auto const& each : test::documented()) {
        auto const words = each.substr(0, each.rfind(' '));
        if (!each.ends_with(" 503")) {
            continue;
        }
        auto const method = words.substr(0, words.find(' '));
        auto path = words.substr(words.find(' ') + 1);
        for (auto at = path.find("{}"); at != std::string::npos; at = path.find("{}")) {
            path.replace(at, 2, "x");
        }
        auto const body = bodies.find(words);
        auto request = browser.request(method, path, body == bodies.end() ? "" : body->second);
        auto const answer = test::run_here(context, shows.application().answer(std::move(request)));
        BOOST_TEST(test::fault_by_document(method, path, answer) == "", each);
        noted(method, path, answer);
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(openapi, fixture)

BOOST_AUTO_TEST_CASE(all_that_is_answered_is_in_the_document_and_all_that_is_there_is_answered) {
    ask_about_sessions();
    ask_about_people();
    ask_about_enrolments();
    ask_about_machines();
    ask_about_others();
    ask_about_tokens();
    ask_about_passwords();
    ask_without_database();
    for (auto const& each : test::documented()) {
        BOOST_TEST(seen.contains(each), each << " is never answered");
    }
}

BOOST_AUTO_TEST_CASE(the_document_has_every_path_and_says_who_may_ask) {
    constexpr auto word_of = [](who_may needs) {
        return needs == who_may::anybody  ? "anybody"
               : needs == who_may::reader ? "reader"
                                          : "administrator";
    };
    auto const all = test::documented();
    std::size_t ours = 0;
    for (auto const& each : shows.routes().all()) {
        if (!each.path.starts_with("/api/") && each.path != "/metrics" && each.path != "/readyz") {
            continue; // files of the page
        }
        ++ours;
        auto const name = each.method + " " + each.path + " ";
        BOOST_TEST(std::ranges::any_of(all, [&](auto const& one) { return one.starts_with(name); }),
                   name << "is not in the document");
    }
    BOOST_TEST(ours > 25U);
    for (auto const& [path, methods] : test::openapi_document().at("paths").as_object()) {
        for (auto const& [method, one] : methods.as_object()) {
            std::string upper = method;
            std::ranges::transform(upper, upper.begin(),
                                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
            std::string pattern = path;
            for (auto at = pattern.find('{'); at != std::string::npos;
                 at = pattern.find('{', at + 1)) {
                pattern.erase(at + 1, pattern.find('}', at) - at - 1);
            }
            auto const found = std::ranges::find_if(shows.routes().all(), [&](auto const& each) {
                return each.method == upper && each.path == pattern;
            });
            if (pattern != "/healthz") {
                BOOST_REQUIRE_MESSAGE(found != shows.routes().all().end(), pattern);
                BOOST_TEST(one.at("x-access").as_string() == word_of(found->needs), pattern);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_reader_may_change_nothing_whatever_the_endpoint) {
    std::size_t asked = 0;
    auto bob = logged_in("bob");
    for (auto const& each : shows.routes().all()) {
        bool const changes = each.method != "GET";
        if (!changes || each.needs == who_may::anybody || each.path == "/api/v1/session") {
            continue;
        }
        BOOST_TEST((each.needs == who_may::administrator), each.path);
        auto path = each.path;
        for (auto at = path.find("{}"); at != std::string::npos; at = path.find("{}")) {
            path.replace(at, 2, "srv-1");
        }
        BOOST_TEST(ask(bob, each.method, path, "{}").status == 403U, each.method << " " << path);
        BOOST_TEST(ask(role::reader, each.method, path, "{}").status == 403U);
        ++asked;
    }
    BOOST_TEST(asked >= 10U);
}

BOOST_AUTO_TEST_CASE(a_person_changes_nothing_by_a_request_that_another_site_could_make) {
    people_browser victim("192.0.2.1", false);
    victim.cookies = ada.cookies;
    std::size_t asked = 0;
    for (auto const& each : shows.routes().all()) {
        if (each.method == "GET" || each.needs == who_may::anybody) {
            continue;
        }
        auto path = each.path;
        for (auto at = path.find("{}"); at != std::string::npos; at = path.find("{}")) {
            path.replace(at, 2, "srv-1");
        }
        BOOST_TEST(ask(victim, each.method, path, "{}").status == 403U, each.method << " " << path);
        ++asked;
    }
    BOOST_TEST(asked >= 10U);
    BOOST_TEST(kept.find_server("srv-1").has_value());
    BOOST_TEST(ask(ada, "GET", "/api/v1/session").status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
