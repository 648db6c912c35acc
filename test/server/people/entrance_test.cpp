#include "server/people/entrance.hpp"

#include "server/people/cookies.hpp"
#include "test/server/people/people_fixture.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using test::adas_password;
using test::bobs_password;
using test::code_of;
using test::header_of;
using test::json_of;
using test::people_browser;

struct fixture : test::people_fixture {
    std::string link_for(std::string_view name, bool enters) {
        auto secret = server::security::random_secret();
        kept.add_link(server::security::sha256(secret), kept.find_person(name).value().id, enters);
        return secret;
    }
    server::http::response set_by_link(people_browser& from, std::string const& link,
                                       std::string const& password) {
        return ask(from, "POST", "/api/v1/password",
                   serialize(boost::json::object{{"link", link}, {"password", password}}));
    }
    server::http::response change(people_browser& from, std::string_view current,
                                  std::string_view wanted) {
        return ask(from, "POST", "/api/v1/password",
                   serialize(boost::json::object{{"current", current}, {"password", wanted}}));
    }
    unsigned session_status(people_browser& from) {
        auto const answer = ask(from, "GET", "/api/v1/session");
        return json_of(answer).at("name").is_null() ? 401 : answer.status;
    }
    bool knows_a_secret(std::string_view text) {
        return std::ranges::any_of(
            said, [&](auto const& line) { return line.find(text) != std::string::npos; });
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(entrance, fixture)

BOOST_AUTO_TEST_CASE(who_gives_the_password_is_logged_in_by_cookies_that_scripts_cannot_read) {
    people_browser browser;
    auto const answer = log_in(browser, "ada", adas_password);
    BOOST_TEST(answer.status == 200U);
    auto const body = json_of(answer);
    BOOST_TEST(body.at("name").as_string() == "ada");
    BOOST_TEST(body.at("role").as_string() == "administrator");
    BOOST_TEST(body.at("server").at("url").as_string() == "https://trafikito.example:8443");
    BOOST_TEST(body.at("ends_at").as_int64() == (1'800'000'000LL + 24 * 3600) * 1000);
    int cookies = 0;
    for (auto const& [name, value] : answer.headers) {
        if (name == "Set-Cookie") {
            ++cookies;
            BOOST_TEST(value.starts_with("__Host-trafikito-"));
            BOOST_TEST(value.ends_with("; Secure; HttpOnly; SameSite=Strict"));
            BOOST_TEST(value.find("; Path=/;") != std::string::npos);
            BOOST_TEST(value.find("Domain") == std::string::npos);
        }
    }
    BOOST_TEST(cookies == 2);
    BOOST_TEST(session_status(browser) == 200U);
    people_browser stranger;
    BOOST_TEST(session_status(stranger) == 401U);
}

BOOST_AUTO_TEST_CASE(a_wrong_name_and_a_wrong_password_are_told_the_same) {
    people_browser browser;
    auto const password = log_in(browser, "ada", "wrong horse battery");
    auto const name = log_in(browser, "nobody", adas_password);
    BOOST_TEST(password.status == 401U);
    BOOST_TEST(name.status == 401U);
    BOOST_TEST(password.body == name.body);
    BOOST_TEST(header_of(password, "Set-Cookie").empty());
    BOOST_TEST(log_in(browser, "ADA", adas_password).status == 401U);
    BOOST_TEST(logged("a wrong password for the page of ada"));
    BOOST_TEST(!knows_a_secret("horse"));
    BOOST_TEST(!knows_a_secret("nobody"));
}

BOOST_AUTO_TEST_CASE(who_has_no_password_cannot_log_in_with_none) {
    kept.add_person("new", server::store::person_role::administrator);
    people_browser browser;
    for (auto const* const password : {"", "null", "new"}) {
        BOOST_TEST(log_in(browser, "new", password).status == 401U);
    }
}

BOOST_AUTO_TEST_CASE(it_is_said_when_nobody_can_log_in_yet) {
    people_browser browser;
    BOOST_TEST(!json_of(ask(browser, "GET", "/api/v1/session")).at("setup").as_bool());
    kept.add_person("second", server::store::person_role::administrator);
    kept.remove_person("ada");
    auto const answer = ask(browser, "GET", "/api/v1/session");
    BOOST_TEST(answer.status == 200U); // an error would stand in the browser's console
    BOOST_TEST(json_of(answer).at("name").is_null());
    BOOST_TEST(json_of(answer).at("setup").as_bool());
}

BOOST_AUTO_TEST_CASE(log_out_ends_the_session_for_whoever_has_its_cookie) {
    auto browser = logged_in();
    auto copy = browser;
    BOOST_TEST(ask(browser, "DELETE", "/api/v1/session").status == 204U);
    BOOST_TEST(!browser.cookies.contains(std::string(server::people::session_cookie)));
    BOOST_TEST(session_status(copy) == 401U);
    BOOST_TEST(ask(copy, "DELETE", "/api/v1/session").status == 401U);
}

BOOST_AUTO_TEST_CASE(each_log_in_is_a_session_of_its_own_and_ends_the_one_of_before) {
    auto browser = logged_in();
    auto other = logged_in();
    auto const before = browser;
    BOOST_TEST(log_in(browser, "ada", adas_password).status == 200U);
    BOOST_TEST(browser.cookies != before.cookies);
    auto copy = before;
    BOOST_TEST(session_status(copy) == 401U);
    BOOST_TEST(session_status(browser) == 200U);
    BOOST_TEST(session_status(other) == 200U);
}

BOOST_AUTO_TEST_CASE(a_session_lasts_as_long_as_it_is_used_and_a_week_at_most) {
    auto browser = logged_in();
    now += 23h;
    BOOST_TEST(session_status(browser) == 200U);
    now += 23h;
    BOOST_TEST(session_status(browser) == 200U);
    auto idle = browser;
    now += 24h;
    BOOST_TEST(session_status(idle) == 401U);
    browser = logged_in();
    for (int day = 0; day < 14; ++day) {
        BOOST_TEST(session_status(browser) == 200U);
        now += 12h;
    }
    BOOST_TEST(session_status(browser) == 401U);
}

BOOST_AUTO_TEST_CASE(who_guesses_is_stopped_and_told_for_how_long) {
    people_browser thief("198.51.100.1");
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(log_in(thief, "ada", "guess number " + std::to_string(i)).status == 401U);
    }
    auto const stopped = log_in(thief, "ada", adas_password);
    BOOST_TEST(stopped.status == 429U);
    BOOST_TEST(code_of(stopped) == "too_many");
    BOOST_TEST(header_of(stopped, "Retry-After") == "60");
    steady += 60s;
    BOOST_TEST(log_in(thief, "ada", adas_password).status == 200U);
}

BOOST_AUTO_TEST_CASE(who_guesses_cannot_keep_the_owner_out_of_a_browser_that_he_has_used) {
    auto owners = logged_in();
    ask(owners, "DELETE", "/api/v1/session");
    for (int i = 0; i < 10; ++i) {
        people_browser thief("198.51.100." + std::to_string(i));
        log_in(thief, "ada", "guess number " + std::to_string(i));
    }
    people_browser another("192.0.2.77");
    BOOST_TEST(log_in(another, "ada", adas_password).status == 429U);
    BOOST_TEST(log_in(owners, "ada", adas_password).status == 200U);
    auto const link = link_for("ada", true);
    BOOST_TEST(ask(another, "POST", "/api/v1/session", R"({"link":")" + link + R"("})").status ==
               200U);
}

BOOST_AUTO_TEST_CASE(the_device_of_one_person_gives_no_guesses_at_another) {
    auto bobs = logged_in("bob");
    for (int i = 0; i < 10; ++i) {
        people_browser thief("198.51.100." + std::to_string(i));
        log_in(thief, "ada", "guess number " + std::to_string(i));
    }
    BOOST_TEST(log_in(bobs, "ada", adas_password).status == 429U);
}

BOOST_AUTO_TEST_CASE(a_link_that_logs_in_does_so_once) {
    auto const link = link_for("ada", true);
    people_browser browser;
    auto const body = R"({"link":")" + link + R"("})";
    auto const looked = json_of(ask(browser, "POST", "/api/v1/link", body));
    BOOST_TEST(looked.at("name").as_string() == "ada");
    BOOST_TEST(looked.at("purpose").as_string() == "enter");
    BOOST_TEST(ask(browser, "POST", "/api/v1/session", body).status == 200U);
    BOOST_TEST(session_status(browser) == 200U);
    people_browser second;
    BOOST_TEST(ask(second, "POST", "/api/v1/session", body).status == 401U);
    BOOST_TEST(ask(second, "POST", "/api/v1/link", body).status == 404U);
    BOOST_TEST(!knows_a_secret(link));
}

BOOST_AUTO_TEST_CASE(a_link_that_sets_a_password_logs_nobody_in_by_itself) {
    auto const link = link_for("ada", false);
    people_browser browser;
    BOOST_TEST(ask(browser, "POST", "/api/v1/session", R"({"link":")" + link + R"("})").status ==
               401U);
    BOOST_TEST(set_by_link(browser, link, "short").status == 400U);
    auto const answer = set_by_link(browser, link, "another good password");
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(json_of(answer).at("name").as_string() == "ada");
    BOOST_TEST(session_status(browser) == 200U);
    BOOST_TEST(set_by_link(browser, link, "another good password").status == 404U);
    people_browser next;
    BOOST_TEST(log_in(next, "ada", adas_password).status == 401U);
    BOOST_TEST(log_in(next, "ada", "another good password").status == 200U);
    BOOST_TEST(logged("a new password for the page was set by ada"));
    BOOST_TEST(!knows_a_secret("another good"));
}

BOOST_AUTO_TEST_CASE(a_link_that_logs_in_sets_no_password) {
    people_browser browser;
    BOOST_TEST(set_by_link(browser, link_for("ada", true), "another good password").status == 400U);
    BOOST_TEST(set_by_link(browser, "no link", "another good password").status == 404U);
}

BOOST_AUTO_TEST_CASE(a_new_password_needs_the_current_one_and_ends_all_other_sessions) {
    auto browser = logged_in();
    auto other = logged_in();
    auto bobs = logged_in("bob");
    BOOST_TEST(change(browser, "wrong horse battery", "another good password").status == 400U);
    BOOST_TEST(session_status(other) == 200U);
    BOOST_TEST(change(browser, adas_password, "short").status == 400U);
    BOOST_TEST(change(browser, adas_password, "another good password").status == 200U);
    BOOST_TEST(session_status(browser) == 200U);
    BOOST_TEST(session_status(other) == 401U);
    BOOST_TEST(session_status(bobs) == 200U);
    people_browser stranger;
    BOOST_TEST(change(stranger, "another good password", "a third good password").status == 401U);
}

BOOST_AUTO_TEST_CASE(the_current_password_cannot_be_guessed_by_a_session_either) {
    auto browser = logged_in();
    for (int i = 0; i < 10; ++i) {
        change(browser, "guess number " + std::to_string(i), "another good password");
    }
    BOOST_TEST(change(browser, adas_password, "another good password").status == 429U);
    people_browser next;
    BOOST_TEST(log_in(next, "ada", adas_password).status == 200U); // that is counted apart
}

BOOST_AUTO_TEST_CASE(who_is_removed_is_out_at_once) {
    auto bobs = logged_in("bob");
    kept.remove_person("bob");
    BOOST_TEST(session_status(bobs) == 401U);
}

BOOST_AUTO_TEST_CASE(what_comes_from_another_site_is_refused) {
    for (auto const& [header, value] : std::initializer_list<std::pair<char const*, char const*>>{
             {"Origin", "https://evil.example"},
             {"Origin", "null"},
             {"Origin", "https://trafikito.example"},
             {"Origin", "http://trafikito.example:8443"},
             {"Sec-Fetch-Site", "cross-site"},
             {"Sec-Fetch-Site", "same-site"}}) {
        people_browser victim("192.0.2.1", false);
        victim.cookies = logged_in().cookies;
        victim.further.emplace_back(header, value);
        victim.further.emplace_back("X-Trafikito-Request", "1");
        BOOST_TEST_CONTEXT(header << ": " << value) {
            BOOST_TEST(ask(victim, "DELETE", "/api/v1/session").status == 403U);
            BOOST_TEST(log_in(victim, "bob", bobs_password).status == 403U);
            BOOST_TEST(change(victim, adas_password, "another good password").status == 403U);
        }
    }
    people_browser form("192.0.2.1", false); // no browser adds our header by itself
    form.cookies = logged_in().cookies;
    BOOST_TEST(ask(form, "DELETE", "/api/v1/session").status == 403U);
    BOOST_TEST(change(form, adas_password, "another good password").status == 403U);
    BOOST_TEST(session_status(form) == 200U);
}

BOOST_AUTO_TEST_CASE(bodies_that_a_form_of_another_site_could_send_are_not_read) {
    for (auto const* const type : {"text/plain", "application/x-www-form-urlencoded",
                                   "multipart/form-data; boundary=x", "", "application/jsonx"}) {
        people_browser browser("192.0.2.1", false);
        auto request = browser.request("POST", "/api/v1/session", "");
        request.body = R"({"name":"ada","password":"correct horse battery"})";
        request.headers.emplace_back("Content-Type", type);
        BOOST_TEST(ask(std::move(request)).status == 400U, type);
    }
}

BOOST_AUTO_TEST_CASE(bodies_without_sense_are_refused_in_words) {
    people_browser browser;
    std::string const deep(1000, '[');
    for (auto const& body : std::vector<std::string>{
             "{", "[]", "null", "\"\"", deep, R"({"name":"ada"})", R"({"name":1,"password":"x"})",
             R"({"name":"ada","password":["x"]})", R"({"link":7})", "\xff\xfe",
             R"({"name":")" + std::string(300, 'x') + R"(","password":"x"})",
             R"({"name":"ada","password":")" + std::string(1025, 'x') + R"("})",
             R"({"link":")" + std::string(200, 'x') + R"("})"}) {
        auto const answer = ask(browser, "POST", "/api/v1/session", body);
        BOOST_TEST(answer.status == 400U, body.substr(0, 40));
        BOOST_TEST(code_of(answer) == "invalid");
    }
}

BOOST_AUTO_TEST_CASE(a_token_is_somebody_and_has_no_session) {
    auto const answer = ask(server::people::role::reader, "GET", "/api/v1/session");
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(json_of(answer).at("role").as_string() == "reader");
    BOOST_TEST(json_of(answer).at("ends_at").is_null());
    BOOST_TEST(ask(server::people::role::administrator, "DELETE", "/api/v1/session").status ==
               400U);
}

BOOST_AUTO_TEST_CASE(every_answer_keeps_browsers_from_doing_more_with_it) {
    auto browser = logged_in();
    people_browser stranger;
    for (auto const& answer :
         {ask(browser, "GET", "/api/v1/session"), ask(stranger, "GET", "/api/v1/session"),
          ask(browser, "GET", "/api/v1/nothing"), ask(browser, "PUT", "/api/v1/session"),
          ask(browser, "DELETE", "/api/v1/session")}) {
        auto const policy = header_of(answer, "Content-Security-Policy");
        BOOST_TEST(policy.find("default-src 'none'") == 0U);
        BOOST_TEST(policy.find("unsafe") == std::string::npos);
        BOOST_TEST(policy.find("frame-ancestors 'none'") != std::string::npos);
        BOOST_TEST(header_of(answer, "X-Content-Type-Options") == "nosniff");
        BOOST_TEST(header_of(answer, "Referrer-Policy") == "no-referrer");
        BOOST_TEST(header_of(answer, "Cache-Control") == "no-store");
        BOOST_TEST(header_of(answer, "Access-Control-Allow-Origin").empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
