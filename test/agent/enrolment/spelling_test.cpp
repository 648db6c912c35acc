#include "agent/enrolment/spelling.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::enrolment;

BOOST_AUTO_TEST_SUITE(spelling)

BOOST_AUTO_TEST_CASE(advice_names_what_can_be_set) {
    BOOST_TEST(
        respelled("HTTP 403; check server_id and api_key in the configuration", as_options) ==
        "HTTP 403; check the key in --user-api-key-file and the workspace");
    BOOST_TEST(respelled("x; if it is your own, name its certificate in ca_file", as_options) ==
               "x; if it is your own, name its certificate in --ca-file");
    BOOST_TEST(respelled("ca_file /x holds no certificate", as_variables) ==
               "TRAFIKITO_CA_FILE /x holds no certificate");
    BOOST_TEST(respelled("check the address in the configuration", as_variables) ==
               "check TRAFIKITO_API_URL");
}

BOOST_AUTO_TEST_CASE(paths_and_other_words_stay) {
    for (auto const* text : {"/etc/ca_file.pem", "my_ca_file is here", "pinned /pin/x", ""}) {
        BOOST_TEST(respelled(text, as_options) == text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
