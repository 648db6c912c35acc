#include "agent/diagnosis/environment.hpp"

#include "agent/diagnosis/known.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;
using trafikito::test::temporary_directory;
using strings = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(environment)

BOOST_AUTO_TEST_CASE(variables_are_ended_by_a_nul) {
    BOOST_TEST(parse_environment({"A=1\0B=x y\0\0C=", 13}) == (strings{"A=1", "B=x y", "C="}));
    BOOST_TEST(parse_environment("").empty());
}

BOOST_AUTO_TEST_CASE(only_what_means_something_to_the_agent_is_compared) {
    strings const shell{"HOME=/root", "https_proxy=http://a:1", "TRAFIKITO_CONFIG=/x",
                        "SSL_CERT_FILE=/f", "no_proxy="};
    strings const agent{"HOME=/", "TRAFIKITO_API_KEY=secret", "SSL_CERT_FILE=/f"};
    BOOST_TEST(different_variables(shell, agent) == (strings{"TRAFIKITO_API_KEY", "https_proxy"}));
    BOOST_TEST(different_variables(agent, agent).empty());
}

BOOST_AUTO_TEST_CASE(without_a_daemon_that_of_the_shell_counts) {
    temporary_directory const here;
    question asked;
    asked.config_file = here.write("etc/trafikito.cfg", "server_id = a\napi_key = b\n");
    asked.environment = {"https_proxy=http://127.0.0.1:9"};
    auto const found = find_environment(asked);
    BOOST_TEST((found.is == trafikito::agent::diagnosis::environment::whose::asker));
    BOOST_TEST(found.values == asked.environment);
    BOOST_TEST(found.has("https_proxy"));
    BOOST_TEST(!found.has("HTTPS_PROXY"));
    BOOST_TEST(found.in_words() == "the environment of this shell");
}

BOOST_AUTO_TEST_SUITE_END()
