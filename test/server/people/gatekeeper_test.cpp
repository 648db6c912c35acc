#include "server/people/gatekeeper.hpp"

#include "server/people/cookies.hpp"
#include "test/net/run_here.hpp"
#include "test/server/people/people_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::people::caller;
using test::people_browser;

std::string const secret(43, 'a');

std::string cookie_of(std::string const& header) {
    server::http::request from;
    from.headers.emplace_back("Cookie", header);
    return std::string(server::people::cookie_in(from, server::people::session_cookie));
}

struct fixture : test::people_fixture {
    caller look(people_browser const& from) {
        auto const request =
            std::make_shared<server::http::request const>(from.request("GET", "/", ""));
        auto const found = test::run_here(context, shows.gate().look(request));
        drain();
        return found;
    }
    caller by_authorization(std::string const& value) {
        people_browser program("192.0.2.9", false);
        program.further.emplace_back("Authorization", value);
        return look(program);
    }
    bool still_valid(caller const& who) {
        return test::run_here(context, shows.gate().still_valid(who));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gatekeeper, fixture)

BOOST_AUTO_TEST_CASE(a_cookie_is_found_among_others_and_only_whole) {
    auto const name = std::string(server::people::session_cookie) + "=";
    BOOST_TEST(cookie_of(name + secret) == secret);
    BOOST_TEST(cookie_of("a=b; " + name + secret + "; c=d") == secret);
    BOOST_TEST(cookie_of("a=b;" + name + secret + " ;c") == secret);
    BOOST_TEST(cookie_of("x" + name + secret).empty());
    BOOST_TEST(cookie_of("trafikito-session=" + secret).empty());
    BOOST_TEST(cookie_of(name + secret.substr(1)).empty());
    BOOST_TEST(cookie_of(name + secret + "a").empty());
    BOOST_TEST(cookie_of(name + "\"" + secret.substr(2) + "\"").empty());
    BOOST_TEST(cookie_of(name + secret + "; " + name + std::string(43, 'b')).empty());
    BOOST_TEST(cookie_of("").empty());
    BOOST_TEST(cookie_of(";;;=;" + name).empty());
}

BOOST_AUTO_TEST_CASE(a_person_is_known_by_the_cookie_and_a_program_by_its_token) {
    auto const ada = look(logged_in());
    BOOST_TEST((ada.what == caller::kind::person));
    BOOST_TEST(ada.name == "ada");
    BOOST_TEST((ada.role == server::people::role::administrator));
    auto const program =
        by_authorization("Bearer " + token_of(server::people::role::administrator));
    BOOST_TEST((program.what == caller::kind::program));
    BOOST_TEST((program.role == server::people::role::administrator));
    BOOST_TEST((by_authorization("bearer " + token_of(server::people::role::reader)).role ==
                server::people::role::reader));
}

BOOST_AUTO_TEST_CASE(anything_else_is_nobody) {
    auto const token = token_of(server::people::role::reader);
    for (auto const& value : std::vector<std::string>{
             "Bearer", "Bearer ", "Bearer  " + token, "Basic " + token, token,
             "Bearer " + token + " ", "Bearer key-1", "Bearer api-" + std::string(64, '0'),
             "Bearer " + std::string(100'000, 'x'), "Bearer ' OR 1=1 --"}) {
        BOOST_TEST((by_authorization(value).what == caller::kind::nobody), value.substr(0, 60));
    }
    people_browser forged;
    forged.cookies[std::string(server::people::session_cookie)] = secret;
    BOOST_TEST((look(forged).what == caller::kind::nobody));
}

BOOST_AUTO_TEST_CASE(a_wrong_token_is_nobody_also_beside_a_good_cookie) {
    auto browser = logged_in();
    browser.further.emplace_back("Authorization", "Bearer wrong");
    BOOST_TEST((look(browser).what == caller::kind::nobody));
}

BOOST_AUTO_TEST_CASE(who_was_let_in_is_so_until_it_ends) {
    auto browser = logged_in();
    auto const person = look(browser);
    auto const text = token_of(server::people::role::reader);
    auto const program = by_authorization("Bearer " + text);
    BOOST_TEST(still_valid(person));
    BOOST_TEST(still_valid(program));
    BOOST_TEST(!still_valid(caller{}));
    ask(browser, "DELETE", "/api/v1/session");
    kept.revoke_api_token(kept.api_tokens().front().id);
    BOOST_TEST(!still_valid(person));
    BOOST_TEST(!still_valid(program));
}

BOOST_AUTO_TEST_CASE(that_somebody_was_here_is_written_down) {
    auto const browser = logged_in();
    now += 10min;
    look(browser);
    BOOST_TEST((kept.find_person("ada").value().seen == now));
    auto const text = token_of(server::people::role::reader);
    by_authorization("Bearer " + text);
    BOOST_TEST((kept.api_tokens().front().used == now));
}

BOOST_AUTO_TEST_SUITE_END()
