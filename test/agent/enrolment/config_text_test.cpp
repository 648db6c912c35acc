#include "agent/enrolment/config_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using agent::enrolment::refusal;

namespace {

struct config_text_fixture {
    config_text_fixture() {
        what.api_url = "https://api.example:8443";
        what.workspace_id = "default";
        what.config_file = "/opt/trafikito/etc/trafikito.cfg";
        what.var_dir = "/opt/trafikito/var";
    }
    [[nodiscard]] std::string text() const {
        return agent::enrolment::config_text(what, {"8a1d", base::secret("3f0c"), {}});
    }
    [[nodiscard]] bool is_refused() const {
        try {
            (void)text();
            return false;
        } catch (refusal const& why) {
            return why.why == refusal::reason::request;
        }
    }

    agent::enrolment::plan what;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(config_text, config_text_fixture)

BOOST_AUTO_TEST_CASE(it_says_who_this_is_and_whom_to_ask) {
    BOOST_TEST(text().ends_with("server_id = 8a1d\napi_key = 3f0c\nworkspace_id = default\n"
                                "api_url = https://api.example:8443\n"
                                "tmp_file = /opt/trafikito/var/trafikito.tmp\n"));
    what.api_key_file = "/opt/trafikito/etc/api_key";
    what.connection.ca_file = "/opt/trafikito/etc/ca.pem";
    what.connection.pin = "sha256/" + std::string(43, 'A') + "=";
    what.run_as = "nobody";
    BOOST_TEST(text().find("3f0c") == std::string::npos);
    BOOST_TEST(text().ends_with("\napi_key_file = /opt/trafikito/etc/api_key\n"
                                "workspace_id = default\napi_url = https://api.example:8443\n"
                                "tmp_file = /opt/trafikito/var/trafikito.tmp\n"
                                "ca_file = /opt/trafikito/etc/ca.pem\npin = " +
                                what.connection.pin + "\nrun_as = nobody\n"));
}

BOOST_AUTO_TEST_CASE(a_value_that_would_be_read_as_another_is_refused) {
    for (std::string const value : {"a\nrun_as = root", "a # b", "\"a\"", "a ", "{{A}}", "a\x01"}) {
        what.workspace_id = value;
        BOOST_TEST(is_refused(), value);
    }
    what.workspace_id = "a b";
    BOOST_TEST(!is_refused());
    what.api_url = "ftp://x";
    BOOST_TEST(is_refused());
    what.api_url = "https://a.example";
    what.connection.pin = "x";
    BOOST_TEST(is_refused());
}

BOOST_AUTO_TEST_SUITE_END()
