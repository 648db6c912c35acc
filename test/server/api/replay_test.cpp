// The shell agents' own requests, as recorded (captures/): the server must accept them as they
// stand.
#include "server/api/service.hpp"

#include "test/server/api/api_fixture.hpp"
#include "test/server/api/captures.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;

struct fixture : test::api_fixture {
    server::http::response replay(std::string const& name) {
        return answer(test::read_capture(name));
    }
};

BOOST_FIXTURE_TEST_SUITE(replay, fixture)

BOOST_AUTO_TEST_CASE(v1_agent_get) {
    offer("trafikito_uptime=\"uptime\"\n");
    auto const answer = replay("v1-agent-get");
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(answer.body.substr(36) == ",trafikito_uptime");
    BOOST_TEST((server().os == server::store::os_facts{"debian", "bookworm", "12", "centos"}));
}

BOOST_AUTO_TEST_CASE(v1_agent_output) {
    BOOST_TEST(replay("v1-agent-output").status == 200U);
    auto const outputs = last_outputs();
    BOOST_REQUIRE_EQUAL(outputs.size(), 1U);
    BOOST_TEST(outputs[0].command == "trafikito_uptime");
    BOOST_TEST(outputs[0].bytes ==
               " 08:52:18 up 27 min,  0 user,  load average: 0.24, 0.83, 0.80\n");
    BOOST_TEST(server().available == "trafikito_uptime=\"uptime\"\ntrafikito_df=\"df -h\"\n");
    replay("v1-agent-output");
    BOOST_TEST(kept.last_reports("srv-1", 9).size() == 1U);
}

BOOST_AUTO_TEST_CASE(v2_ping) {
    BOOST_TEST(replay("v2-ping").body == "OK");
}

BOOST_AUTO_TEST_CASE(v2_agent_get_config) {
    offer("trafikito_uptime=\"uptime\"\n");
    auto const first = replay("v2-agent-get_config").body;
    BOOST_TEST(first.substr(32) == " uptime 55 0");
    now += std::chrono::minutes(1);
    BOOST_TEST(replay("v2-agent-get_config-2").body == first); // its `previous` is not ours
}

BOOST_AUTO_TEST_CASE(v2_agent_save_output) {
    BOOST_TEST(replay("v2-agent-save_output").body == "OK");
    auto const outputs = last_outputs();
    BOOST_REQUIRE_EQUAL(outputs.size(), 2U);
    BOOST_TEST(outputs[0].bytes ==
               " 08:52:00 up 27 min,  0 user,  load average: 0.33, 0.89, 0.82\n");
    BOOST_TEST(outputs[1].command == "trafikito_hostname");
    BOOST_TEST(outputs[1].bytes == "host1\n");
    BOOST_TEST(server().available ==
               "trafikito_uptime=\"uptime\"\ntrafikito_hostname=\"hostname\"\n");
}

BOOST_AUTO_TEST_CASE(v2_agent_error_feedback) {
    BOOST_TEST(replay("v2-agent-error_feedback").body == "OK");
    auto const rows = kept.feedback("srv-1");
    BOOST_REQUIRE_EQUAL(rows.size(), 1U);
    BOOST_TEST(rows[0].code == "100");
    BOOST_TEST(rows[0].details == "error in /opt/trafikito/available_commands.sh");
}

BOOST_AUTO_TEST_CASE(v2_widgets_are_refused_in_a_form_that_is_no_command) {
    for (auto const* name : {"v2-widget-get-command", "v2-widget-install"}) {
        BOOST_TEST(test::error_of(replay(name)) == "#widgets WIDGETS_NOT_OFFERED");
    }
    BOOST_TEST(kept.last_report_id() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
