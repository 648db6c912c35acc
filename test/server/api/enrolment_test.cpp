#include "server/api/service.hpp"

#include "net/api/default_commands.hpp"
#include "server/api/available_list.hpp"
#include "test/server/api/api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;

std::string const marker = "*-*-*-*------------ Trafikito command: ";

struct fixture : test::api_fixture {
    server::http::response enrol(std::string const& body) {
        return post("/v2/agent/get_agent_file?file=trafikito.conf", body);
    }
    server::http::response commands(std::string const& output, std::string const& id = "srv-1",
                                    std::string const& user_key = "user-key") {
        return post_multipart("/v2/agent/get_agent_file?file=available_commands.sh",
                              {{"output", output},
                               {"userApiKey", user_key},
                               {"workspaceId", "default"},
                               {"serverId", id},
                               {"os", "debian"},
                               {"osCodename", "bookworm"},
                               {"osRelease", "12"},
                               {"centosFlavor", "centos"}});
    }
};

std::string value_of(std::string const& text, std::string const& name) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + " = ")) {
            return line.substr(name.size() + 3);
        }
    }
    return {};
}

std::string const good =
    R"({"workspaceId":"default","userApiKey":"user-key","serverName":"box","tmpFilePath":"/opt/t/var/t.tmp"})";

BOOST_FIXTURE_TEST_SUITE(enrolment, fixture)

BOOST_AUTO_TEST_CASE(a_machine_becomes_a_server_with_a_key_of_its_own) {
    auto const answer = enrol(good);
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(value_of(answer.body, "tmp_file") == "/opt/t/var/t.tmp");
    auto const id = value_of(answer.body, "server_id");
    auto const key = value_of(answer.body, "api_key");
    BOOST_TEST(id.size() == 36U);
    BOOST_TEST(key.size() == 64U);
    auto const row = kept.find_server(id).value();
    BOOST_TEST(row.name == "box");
    BOOST_TEST((row.key == server::security::sha256(key)));
    BOOST_TEST(post("/v2/agent/get_config",
                    R"({"serverId":")" + id + R"(","serverApiKey":")" + key + "\"}")
                   .status == 200U);
    BOOST_TEST(value_of(enrol(good).body, "api_key") != key);
    BOOST_TEST(logged("enrolled " + id + " (box)"));
    BOOST_TEST(!logged(key));
}

BOOST_AUTO_TEST_CASE(a_wrong_workspace_or_user_key_makes_nothing) {
    for (std::string const body :
         {R"({"workspaceId":"default","userApiKey":"other","serverName":"box"})",
          R"({"workspaceId":"other","userApiKey":"user-key","serverName":"box"})",
          R"({"serverName":"box"})"}) {
        auto const answer = enrol(body);
        BOOST_TEST(answer.status == 401U);
        BOOST_TEST(test::error_of(answer) ==
                   "#wrong_user_key WORKSPACE_ID_OR_USER_API_KEY_IS_WRONG");
    }
    BOOST_TEST(commands("", "srv-1", "other").status == 401U);
    BOOST_TEST(kept.servers().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_or_path_that_would_break_the_configuration_is_refused) {
    auto const with = [](std::string const& name, std::string const& path) {
        return R"({"workspaceId":"default","userApiKey":"user-key","serverName":")" + name +
               R"(","tmpFilePath":")" + path + "\"}";
    };
    BOOST_TEST(enrol(with("", "/t")).status == 400U);
    BOOST_TEST(enrol(with("a\\nb", "/t")).status == 400U);
    BOOST_TEST(enrol(with(std::string(201, 'x'), "/t")).status == 400U);
    BOOST_TEST(enrol(with("box", "/t\\napi_key = mine")).status == 400U);
    BOOST_TEST(enrol("{").status == 400U);
    BOOST_TEST(kept.servers().size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_list_holds_the_default_commands_that_were_shown) {
    auto const answer =
        commands(marker + "df -h\nFilesystem\n" + marker + "rm -rf /\n" + marker + "uptime\nup\n");
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(server::api::valid_lines(answer.body) ==
               "trafikito_uptime=\"uptime\"\ntrafikito_df_h=\"df -h\"\n");
    BOOST_TEST(answer.body.find("rm -rf") == std::string::npos);
    BOOST_TEST(answer.body.starts_with("#"));
    BOOST_TEST(server().available == server::api::valid_lines(answer.body));
    BOOST_TEST((server().os == server::store::os_facts{"debian", "bookworm", "12", "centos"}));
}

// Shell agents, and ours of before, show what they ran.
BOOST_AUTO_TEST_CASE(who_shows_the_line_of_an_earlier_version_gets_the_one_of_now) {
    auto const body =
        commands(marker + "lsof -i | wc -l\n7\n" + marker + "lsof | wc -l\n7\n" + marker +
                 "netstat -i\nx\n" + marker + "top -b -n 1 | head -n 14\nx\n" + marker +
                 "ps aux --sort=-%mem | head -n 8\nx\n")
            .body;
    BOOST_TEST(server::api::valid_lines(body) ==
               "trafikito_lsof_count_network_connections=\"lsof -nP -w -i | wc -l\"\n"
               "trafikito_lsof_count_open_files=\"lsof -nP -w | wc -l\"\n"
               "trafikito_netstat_i=\"netstat -n -i\"\n"
               "trafikito_top=\"top -b -n 1 -w 200 | head -n 14\"\n"
               "trafikito_ps=\"ps auxww --sort=-%mem | head -n 8\"\n");
}

BOOST_AUTO_TEST_CASE(every_line_of_the_answer_is_valid_for_an_agent) {
    std::string output;
    for (auto const& command : net::api::default_commands) {
        output += marker + std::string(command.line) + "\nx\n";
    }
    auto const body = commands(output).body;
    BOOST_TEST(server::api::available_names(body).size() == net::api::default_commands.size());
    std::istringstream lines(body);
    for (std::string line; std::getline(lines, line);) {
        BOOST_TEST((line.empty() || line.starts_with("#") ||
                    server::api::available_names(line).size() == 1),
                   line);
    }
}

BOOST_AUTO_TEST_CASE(a_second_machine_of_the_same_name_is_new_and_that_is_said) {
    auto const first = enrol(good);
    BOOST_TEST(first.body.find("another server") == std::string::npos);
    auto const second = enrol(good);
    BOOST_TEST(second.status == 200U);
    BOOST_TEST(value_of(second.body, "server_id") != value_of(first.body, "server_id"));
    BOOST_TEST(second.body.find("# another server is called box already") != std::string::npos);
    BOOST_TEST(logged("another server is called box already"));
    BOOST_TEST(kept.servers().size() == 3U);
}

BOOST_AUTO_TEST_CASE(no_machine_is_called_by_the_id_of_another) {
    auto const named = [](std::string const& name) {
        return R"({"workspaceId":"default","userApiKey":"user-key","serverName":")" + name + "\"}";
    };
    for (auto const* name : {"srv-1", "SRV-1"}) {
        auto const answer = enrol(named(name));
        BOOST_TEST(answer.status == 400U);
        BOOST_TEST(test::error_of(answer) ==
                   "#malformed THE_SERVER_NAME_IS_THE_ID_OF_ANOTHER_SERVER_CHOOSE_ANOTHER_NAME");
    }
    kept.remove_server("srv-1"); // its agent is still told to stop, and `servers remove` knows it
    BOOST_TEST(enrol(named("srv-1")).status == 400U);
    BOOST_TEST(kept.servers().empty());
}

BOOST_AUTO_TEST_CASE(whoever_enrols_without_end_is_told_to_wait) {
    std::size_t made = 0;
    server::http::response last;
    for (std::size_t i = 0; i < server::api::service::max_enrolments + 10; ++i) {
        last = i % 2 == 0 ? enrol(good) : commands("");
        made += last.status == 200 ? 1U : 0U;
    }
    BOOST_TEST(made == server::api::service::max_enrolments);
    BOOST_TEST(last.status == 429U);
    BOOST_TEST(test::error_of(last) == "#too_many_enrolments TOO_MANY_ENROLMENTS_TRY_AGAIN_LATER");
    BOOST_TEST(enrol(R"({"workspaceId":"default","userApiKey":"no","serverName":"x"})").status ==
               401U);
    now += 61s;
    BOOST_TEST(enrol(good).status == 200U);
}

BOOST_AUTO_TEST_CASE(commands_of_an_unknown_server_are_refused) {
    BOOST_TEST(commands("", "srv-2").status == 400U);
    BOOST_TEST(post("/v2/agent/get_agent_file?file=available_commands.sh", "x").status == 400U);
}

// It would run an error.
BOOST_AUTO_TEST_CASE(the_shell_installer_gets_a_script_that_ends_it) {
    for (auto const* file : {"trafikito", "uninstall.sh", "lib/trafikito_wrapper.sh",
                             "lib/trafikito_agent.sh", "lib/set_os.sh", "lib%2Fset_os.sh"}) {
        auto const answer = post(std::string("/v2/agent/get_agent_file?file=") + file, "");
        BOOST_TEST(answer.status == 200U);
        BOOST_TEST(std::count(answer.body.begin(), answer.body.end(), '\n') == 2);
        BOOST_TEST(answer.body.find("/install.sh") != std::string::npos);
        BOOST_TEST(answer.body.ends_with(" >&2\nexit 1\n"));
    }
    BOOST_TEST(kept.servers().size() == 1U);
}

BOOST_AUTO_TEST_CASE(no_other_file_is_given) {
    for (auto const* query :
         {"", "?file=", "?file=trafikito2", "?file=lib/", "?file=%zz", "?file=..%2Fca.key"}) {
        BOOST_TEST(post(std::string("/v2/agent/get_agent_file") + query, good).status == 404U,
                   query);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
