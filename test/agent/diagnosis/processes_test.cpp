#include "agent/diagnosis/processes.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/tools/collection_comparison_op.hpp>
#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;
using namespace std::string_literals;
using trafikito::test::temporary_directory;

namespace {

seen_process running(std::vector<std::string> words) {
    return {42, std::move(words)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(processes)

BOOST_AUTO_TEST_CASE(words_of_a_command_line) {
    std::vector<std::string> const wanted{"sh", "", "-c"};
    BOOST_TEST(parse_command_line_of("sh\0\0-c\0"s) == wanted, boost::test_tools::per_element());
    BOOST_TEST(parse_command_line_of("").empty());
    BOOST_TEST(parse_command_line_of(std::string(1000, '\0')).size() == 64U);
}

BOOST_AUTO_TEST_CASE(an_agent_by_its_configuration) {
    BOOST_TEST(config_of_agent(running({"/x/trafikito-agent", "--config", "/a.cfg"})).value() ==
               "/a.cfg");
    BOOST_TEST(config_of_agent(running({"trafikito-agent", "-c", "/a.cfg", "--once"})).value() ==
               "/a.cfg");
    BOOST_TEST(config_of_agent(running({"trafikito-agent", "run"})).value() == ".");
    BOOST_TEST(!config_of_agent(running({"trafikito-agent", "status"})).has_value());
    BOOST_TEST(!config_of_agent(running({"vi", "trafikito-agent"})).has_value());
    BOOST_TEST(!config_of_agent(running({})).has_value());
}

BOOST_AUTO_TEST_CASE(the_shell_agent_and_not_what_stands_in_its_place) {
    temporary_directory const here;
    auto const shell = here.write("a/trafikito_wrapper.sh", "while :; do sleep 60; done\n");
    auto const ours = here.write("b/trafikito_wrapper.sh", "exec $2/lib/trafikito-agent\n");
    BOOST_TEST(is_shell_agent(running({"/bin/sh", shell.string(), "id", "/opt/trafikito"})));
    BOOST_TEST(!is_shell_agent(running({"/bin/sh", ours.string(), "id", "/opt/trafikito"})));
    BOOST_TEST(!is_shell_agent(running({"grep", "-r", "x", "y", shell.string()})));
    BOOST_TEST(!is_script_of_shell_agent((here.path() / "missing.sh").string()));
}

BOOST_AUTO_TEST_CASE(a_shell_agent_by_whom_it_asks_for) {
    temporary_directory const here;
    auto const script = here.write("base/lib/trafikito_wrapper.sh", "sleep 60\n").string();
    std::vector<std::string> const words{"sh", script, "web-1"};
    BOOST_TEST(script_of_shell_agent(words).value() == script);
    BOOST_TEST(!is_of_another_server(words, script, "web-1"));
    // Nothing is known of it: it may be this one.
    BOOST_TEST(!is_of_another_server({"sh", script}, script, "web-1"));
    here.write("base/etc/trafikito.cfg", "export SERVER_ID=web-2\nexport API_KEY=x\n");
    BOOST_TEST(is_of_another_server({"sh", script}, script, "web-1"));
    BOOST_TEST(!is_of_another_server({"sh", script}, script, "web-2"));
    BOOST_TEST(!is_of_another_server(words, script, "web-1"));
}

BOOST_AUTO_TEST_CASE(one_that_others_named_is_shown_without_harm) {
    BOOST_TEST(running({"a\x1b[2J"}).in_words() == "process 42 (a\\x1b[2J)");
}

BOOST_AUTO_TEST_SUITE_END()
