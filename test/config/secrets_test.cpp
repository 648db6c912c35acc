#include "config/secrets.hpp"

#include "base/redactor.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;

std::string shown(config::settings_sources const& sources, std::string_view text) {
    base::redactor redact;
    redact.add(config::secrets_in(sources));
    return redact(text);
}

config::settings_sources of_file(std::string_view text) {
    config::settings_sources sources;
    sources.fixed = config::parse_assignments(text, "trafikito.cfg");
    return sources;
}

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(the_api_key_is_one_wherever_it_stands) {
    auto sources = of_file("api_key = first-key-1\n");
    sources.dynamic =
        config::parse_assignments("export API_KEY=\"second-key-2\"\n", "trafikito.app");
    sources.environment = {"TRAFIKITO_API_KEY=third-key-3", "HOME=/root"};
    sources.api_key_file_content = "fourth-key-4\r\n";
    BOOST_TEST(shown(sources, "first-key-1 second-key-2 third-key-3 fourth-key-4 /root") ==
               "… … … … /root");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_ours_is_one_when_its_name_says_so) {
    auto const sources = of_file("export USER_API_KEY=\"persons-key-1\"\nexport SERVER_NAME=web\n");
    BOOST_TEST(shown(sources, "persons-key-1 web") == "… web");
}

BOOST_AUTO_TEST_CASE(what_makes_a_configuration_unusable_is_no_reason_to_show_it) {
    auto const sources = of_file("api_key = a-key-1\nproxy = nonsense://u:pass-word@h/x y\n");
    BOOST_TEST(shown(sources, "a-key-1 pass-word") == "… …");
}

BOOST_AUTO_TEST_CASE(of_a_proxy_the_password_goes_and_its_name_and_address_stay) {
    auto sources = of_file("proxy = http://user:p%40ss%2Fword@proxy.example:3128\n");
    BOOST_TEST(shown(sources, "proxy.example:3128 p@ss/word p%40ss%2fword user") ==
               "proxy.example:3128 … … user");
    BOOST_TEST(shown(sources, "Basic dXNlcjpwQHNzL3dvcmQ=").find("dXNl") == std::string::npos);
    sources.fixed = {};
    sources.environment = {"https_proxy=http://token-alone@proxy.example:3128"};
    BOOST_TEST(shown(sources, "token-alone at proxy.example") == "… at proxy.example");
}

BOOST_AUTO_TEST_CASE(the_query_of_an_address_may_hold_a_key) {
    auto const sources =
        of_file("url_get_config = https://h.example/get?v=2&key=abcd&id=7f3Ae91c22\n");
    BOOST_TEST(shown(sources, "https://h.example/get?v=2&key=abcd&id=7f3Ae91c22") ==
               "https://h.example/get?…");
    BOOST_TEST(shown(sources, "key abcd, id 7f3Ae91c22, v 2") == "key …, id …, v 2");
}

BOOST_AUTO_TEST_CASE(the_path_of_an_address_may_hold_a_key) {
    auto const sources =
        of_file("api_url = https://hooks-of-2026.example/v2/agents/T0KEN7f3ae91c22b5/x\n");
    BOOST_TEST(shown(sources, "hooks-of-2026.example/v2/agents/T0KEN7f3ae91c22b5/x") ==
               "hooks-of-2026.example/v2/agents/…/x");
}

BOOST_AUTO_TEST_CASE(values_for_commands_are_secrets_when_they_look_like_one) {
    auto const sources = of_file("command_env = LANG=C N=1 PGUSER=postgres PGPASSWORD=hunter2 "
                                 "X=a8Fq02Lmz7 URL=postgres://u:pw-of-u@db/x PATH=/usr/bin:/bin\n");
    BOOST_TEST(shown(sources, "LANG=C 1 postgres hunter2 a8Fq02Lmz7 pw-of-u /usr/bin:/bin db") ==
               "LANG=C 1 postgres … … … /usr/bin:/bin db");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
