// The built trafikito-server from outside: start, a whole exchange over TLS, what the subcommands
// print, stop.
#include "test/server/child.hpp"

#include "net/api/report.hpp"
#include "server/store/store.hpp"
#include "test/server/api/captures.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/eventually.hpp"
#include "test/support/notify_socket.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace trafikito;

struct fixture {
    test::temporary_directory directory;
    std::string data = directory.path() / "data";
    std::string port_file = directory.path() / "port";
    std::unique_ptr<test::child> serving;

    void serve(std::vector<std::string> const& more = {}) {
        std::vector<std::string> arguments{"serve",       "--data",      data,     "--listen",
                                           "127.0.0.1:0", "--port-file", port_file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        serving = std::make_unique<test::child>(arguments);
        BOOST_REQUIRE(serving->wrote("certificate authority: "));
        // Written right after that line.
        BOOST_REQUIRE(test::eventually([&] { return std::filesystem::exists(port_file); }));
    }
    unsigned short port() const {
        return static_cast<unsigned short>(std::stoi(test::read_file(port_file)));
    }
    std::string send(std::string const& capture) const {
        test::tls_client client(port(), data + "/ca.pem", "localhost");
        BOOST_REQUIRE(client.connected());
        client.send(test::wire_form(test::read_capture(capture)));
        return client.receive();
    }
    test::ended_server run(std::string const& command, std::vector<std::string> const& more = {},
                           std::string_view input = {}) const {
        std::vector<std::string> arguments{command};
        if (command == "add" || command == "remove" || command == "rename" ||
            command == "new-key") {
            arguments = {"servers", command};
        }
        arguments.insert(arguments.end(), {"--data", data});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return test::run_server(arguments, input);
    }
    // srv-1 with key key-1 as in the captures; the program itself takes no key that short.
    void add_captured_server() const {
        server::store::store(data + "/trafikito.db", server::store::access::read_write, [] {
            return std::chrono::system_clock::now();
        }).add_server("srv-1", "host1", server::security::sha256("key-1"));
    }
};

BOOST_FIXTURE_TEST_SUITE(program, fixture)

BOOST_AUTO_TEST_CASE(a_signal_stops_it_cleanly) {
    for (int const number : {SIGTERM, SIGINT}) {
        std::filesystem::remove(port_file);
        serve();
        serving->signal(number);
        BOOST_TEST(serving->wait() == 0);
        BOOST_TEST(serving->output().find("stopping") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_shell_agents_send_is_printed_by_the_subcommands) {
    serve();
    add_captured_server();
    BOOST_TEST(send("v2-ping").ends_with("OK"));
    BOOST_TEST(send("v2-agent-save_output").ends_with("OK"));
    BOOST_TEST(send("v2-agent-get_config").ends_with(" uptime,hostname 55 0"));
    BOOST_TEST(send("v1-agent-get").find("ANOTHER_REQUEST_IN_PROGRESS") != std::string::npos);
    BOOST_TEST(run("outputs", {"host1", "--command", "hostname"})
                   .output.find("trafikito_hostname <==\n| host1\n\n") != std::string::npos);
    auto const servers = run("servers");
    BOOST_TEST(servers.status == 0);
    BOOST_TEST(servers.output.find("srv-1  host1") != std::string::npos);
    serving->signal(SIGTERM);
    BOOST_TEST(serving->wait() == 0);
    BOOST_TEST(serving->output().find("key-1") == std::string::npos);
    BOOST_TEST(run("outputs").output.find("08:52:00 up 27 min") !=
               std::string::npos); // also when it is down
}

BOOST_AUTO_TEST_CASE(follow_prints_each_report_as_it_lands) {
    serve();
    add_captured_server();
    test::child following({"outputs", "--data", data, "--follow", "--json"});
    send("v2-agent-save_output");
    BOOST_TEST(following.wrote("\"report\":1,"));
    send("v1-agent-output");
    BOOST_TEST(following.wrote("\"report\":2,"));
    serving->signal(SIGTERM);
    BOOST_TEST(serving->wait() == 0);
    std::filesystem::remove(port_file);
    serve(); // the follower is not troubled by a restart
    send("v2-agent-save_output");
    BOOST_TEST(following.wrote("\"report\":3,"));
    following.signal(SIGINT);
    BOOST_TEST(following.wait() == 0);
}

BOOST_AUTO_TEST_CASE(an_order_can_be_set_and_is_what_an_agent_gets) {
    serve({"--min-interval", "0"});
    add_captured_server();
    BOOST_TEST(run("order", {"srv-1", "trafikito_df", "uptime", "--delay", "7s"}).status == 0);
    BOOST_TEST(send("v2-agent-get_config").ends_with(" df,uptime 55 7"));
    BOOST_TEST(run("order", {"host1", "--none"}).output.find("nothing") != std::string::npos);
    BOOST_TEST(send("v2-agent-get_config").ends_with(" - 55 7"));
    BOOST_TEST(run("order", {"nobody"}).status == 1);
}

BOOST_AUTO_TEST_CASE(a_server_added_by_hand_has_the_key_that_was_given) {
    serve();
    auto const made = run("add", {"--name", "box"});
    BOOST_TEST(made.status == 0);
    BOOST_TEST(made.output.find("api_key = ") != std::string::npos);
    std::string const key = "a-key-of-my-own-choice";
    auto const given =
        run("add", {"--name", "box2", "--server-id", "me", "--api-key-file", "-"}, key + "\n");
    BOOST_TEST(given.output == "server_id = me\n");
    BOOST_TEST(run("add", {"--name", "box3", "--server-id", "me"}).status == 1);
    test::tls_client client(port(), data + "/ca.pem", "127.0.0.1");
    auto const body = R"({"serverId":"me","serverApiKey":")" + key + "\"}";
    client.send("POST /v2/agent/get_config HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    BOOST_TEST(client.receive().ends_with(" - 55 0"));
}

BOOST_AUTO_TEST_CASE(a_server_is_renamed_gets_a_new_key_and_is_removed_while_another_serves) {
    serve();
    add_captured_server();
    BOOST_TEST(send("v2-agent-save_output").ends_with("OK"));
    BOOST_TEST(run("rename", {"host1", "web 1"}).status == 0);
    auto const shared = run("add", {"--name", "web 1"});
    BOOST_TEST(shared.status == 0);
    BOOST_TEST(shared.output.find("warning: srv-1 is called web 1, too") != std::string::npos,
               shared.output);
    BOOST_TEST(run("servers").output.find("2 servers are called web 1") != std::string::npos);
    auto const renewed = run("new-key", {"srv-1"});
    BOOST_TEST(renewed.status == 0);
    BOOST_TEST(renewed.output.find("api_key = ") != std::string::npos);
    BOOST_TEST(!send("v2-agent-save_output").ends_with("OK")); // by the old key
    auto const removed = run("remove", {"srv-1"});
    BOOST_TEST(removed.status == 0);
    BOOST_TEST(removed.output.find("removed web 1 (srv-1): 1 report, ") != std::string::npos,
               removed.output);
    BOOST_TEST(run("servers").output.find("srv-1") == std::string::npos);
    BOOST_TEST(run("remove", {"srv-1"}).output.find("removed already") != std::string::npos);
    BOOST_TEST(run("add", {"--name", "again", "--server-id", "srv-1"}).status == 0);
    BOOST_TEST(run("servers").output.find("  again  ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_name_breaks_the_table) {
    serve();
    auto const name = std::string("web1  ubuntu 24  -") + std::string(100, 'x');
    BOOST_TEST(run("add", {"--name", name, "--server-id", "one"}).status == 0);
    BOOST_TEST(run("servers").output.find("one  web1\\x20\\x20ubuntu 24\\x20\\x20-xx") !=
               std::string::npos);
    auto const json = run("servers", {"--json"}).output;
    for (auto const* key : {"agent", "address", "age", "late", "interval", "keptBytes",
                            "quotaReachedAt", "severalMachinesTimes"}) {
        BOOST_TEST(json.find('"' + std::string(key) + "\":") != std::string::npos, json);
    }
}

BOOST_AUTO_TEST_CASE(a_file_in_place_of_the_data_directory_is_said) {
    serve();
    auto const ended = test::run_server({"servers", "--data", data + "/trafikito.db"});
    BOOST_TEST(ended.status == 1);
    BOOST_TEST(ended.output.find("is no directory: give --data") != std::string::npos,
               ended.output);
}

BOOST_AUTO_TEST_CASE(a_missing_data_directory_is_said) {
    for (auto const* command : {"servers", "outputs"}) {
        auto const ended = run(command);
        BOOST_TEST(ended.status == 1);
        BOOST_TEST(ended.output.find("there is no data directory") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(without_data_and_the_usual_directory_it_says_what_to_give) {
    if (std::filesystem::exists("/var/lib/trafikito-server")) {
        return;
    }
    for (std::vector<std::string> const& words : {std::vector<std::string>{"servers"},
                                                  {"servers", "add", "--name", "n"},
                                                  {"servers", "remove", "s"},
                                                  {"servers", "rename", "s", "n"},
                                                  {"servers", "new-key", "s"},
                                                  {"outputs", "s"},
                                                  {"order", "s"},
                                                  {"tokens"},
                                                  {"tokens", "revoke", "0123"},
                                                  {"enroll-command"}}) {
        auto const ended = test::run_server(words);
        BOOST_TEST(ended.status == 1);
        BOOST_TEST(ended.output ==
                   "trafikito-server: error: --data is missing, and there is no "
                   "/var/lib/trafikito-server: give it the directory that `trafikito-server "
                   "serve` uses\n");
    }
    BOOST_TEST(test::run_server({"serve"}).status == 2);
}

BOOST_AUTO_TEST_CASE(the_service_manager_hears_that_machines_can_be_enrolled) {
    auto const path = (directory.path() / "notify").string();
    for (auto const& where : {path, "@trafikito-" + std::to_string(::getpid())}) {
        test::notify_socket const systemd(where);
        ::setenv("NOTIFY_SOCKET", where.c_str(), 1);
        serving = std::make_unique<test::child>(std::vector<std::string>{
            "serve", "--data", data, "--listen", "127.0.0.1:0", "--port-file", port_file});
        ::unsetenv("NOTIFY_SOCKET");
        std::string heard;
        BOOST_TEST(test::eventually([&] { return !(heard = systemd.message()).empty(); }));
        BOOST_TEST(heard.starts_with("READY=1\nSTATUS=listening on https://127.0.0.1:"), heard);
        BOOST_TEST(run("enroll-command", {"--token-only"}).status == 0);
        BOOST_TEST(test::tls_client(port(), data + "/ca.pem", "localhost").connected());
        serving->signal(SIGTERM);
        BOOST_TEST(serving->wait() == 0);
    }
}

BOOST_AUTO_TEST_CASE(ones_own_certificate_is_used_and_a_bad_one_named) {
    serve();
    serving->signal(SIGTERM);
    serving->wait();
    auto const ended =
        run("serve", {"--certificate", data + "/server.pem", "--key", data + "/ca.key"});
    BOOST_TEST(ended.status == 1);
    BOOST_TEST(ended.output.find("ca.key") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_server_on_the_same_directory_is_refused) {
    serve();
    auto const ended = run("serve", {"--listen", "127.0.0.1:0"});
    BOOST_TEST(ended.status == 1);
    BOOST_TEST(ended.output.find("a server uses " + data + " already (process ") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(signals_that_mean_nothing_and_a_reload_end_nothing) {
    serve();
    for (int const number : {SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ, SIGALRM, SIGHUP, SIGHUP}) {
        serving->signal(number);
    }
    BOOST_TEST(serving->wrote("all is read again"));
    test::tls_client client(port(), data + "/ca.pem", "127.0.0.1");
    client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(client.receive().ends_with("ok\n"));
    serving->signal(SIGQUIT);
    BOOST_TEST(serving->wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_reload_takes_a_new_user_key_and_keeps_the_old_for_a_broken_one) {
    serve();
    auto const enrols = [&](std::string const& key) {
        test::tls_client client(port(), data + "/ca.pem", "127.0.0.1");
        auto const body =
            R"({"workspaceId":"default","serverName":"n","userApiKey":")" + key + R"("})";
        client.send("POST /v2/agent/get_agent_file?file=trafikito.conf HTTP/1.1\r\nHost: h\r\n"
                    "Content-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
        return client.receive().starts_with("HTTP/1.1 200 ");
    };
    std::ofstream(data + "/user_api_key") << "another-user-key-0\n";
    serving->signal(SIGHUP);
    BOOST_TEST(test::eventually([&] { return enrols("another-user-key-0"); }));
    BOOST_REQUIRE(::chmod((data + "/user_api_key").c_str(), 0644) == 0);
    serving->signal(SIGHUP);
    BOOST_TEST(serving->wrote("user_api_key could be read by others, and no longer can"));
    auto const mode = std::filesystem::status(data + "/user_api_key").permissions();
    BOOST_TEST(static_cast<unsigned>(mode) == 0600U);
    std::ofstream(data + "/user_api_key") << "\n";
    serving->signal(SIGHUP);
    BOOST_TEST(serving->wrote("the user_api_key stays as it was"));
    BOOST_TEST(enrols("another-user-key-0"));
}

BOOST_AUTO_TEST_CASE(a_removal_that_cannot_end_says_so_and_the_same_command_goes_on_with_it) {
    serve();
    add_captured_server();
    BOOST_TEST(send("v2-agent-save_output").ends_with("OK"));
    server::database::sqlite other(data + "/trafikito.db", server::store::access::read_write);
    other.run_script("CREATE TRIGGER no BEFORE DELETE ON servers BEGIN "
                     "SELECT RAISE(ABORT, 'no room for that'); END");
    auto const begun = run("remove", {"host1"});
    BOOST_TEST(begun.status == 1);
    BOOST_TEST(begun.output.find("host1 (srv-1) is removed, but not all that it sent is deleted "
                                 "yet: the database refused: no room for that") !=
               std::string::npos);
    BOOST_TEST(begun.output.find("the same command goes on with it") != std::string::npos);
    other.run_script("DROP TRIGGER no");
    auto const ended = run("remove", {"host1"});
    BOOST_TEST(ended.status == 0);
    BOOST_TEST(ended.output.find("nothing of it is left") != std::string::npos);
    BOOST_TEST(run("remove", {"host1"}).status == 1);
}

BOOST_AUTO_TEST_CASE(a_smaller_quota_that_deletes_most_asks_first) {
    std::string const limits = directory.path() / "limits.cfg";
    std::ofstream(limits) << "machine_quota = 0\n";
    serve({"--limits", limits});
    add_captured_server();
    {
        server::store::store kept(data + "/trafikito.db", server::store::access::read_write,
                                  [] { return std::chrono::system_clock::now(); });
        for (int i = 0; i < 30; ++i) {
            kept.add_report("srv-1", {{{"trafikito_x", std::string(100'000, 'x')}}, {}});
        }
    }
    std::ofstream(limits) << "machine_quota = 1MiB\n";
    serving->signal(SIGHUP);
    BOOST_TEST(serving->wrote("the limits stay as they were: to keep 1.0 MiB of one machine only "
                              "would delete most of what is stored: 20 of 30 reports, 1.9 MiB of "
                              "1 machine; "));
    BOOST_TEST(serving->wrote("all is read again"));
    serving->signal(SIGTERM);
    BOOST_TEST(serving->wait() == 0);
    auto const refused = test::run_server(
        {"serve", "--data", data, "--listen", "127.0.0.1:0", "--machine-quota", "1MiB"});
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(refused.output.find("20 of 30 reports") != std::string::npos, refused.output);
    BOOST_TEST(refused.output.find("--yes") != std::string::npos);
    std::filesystem::remove(port_file);
    serve({"--limits", limits, "--yes"}); // it was meant,
    serving->signal(SIGTERM);
    BOOST_TEST(serving->wait() == 0);
    std::filesystem::remove(port_file);
    serve({"--limits", limits}); // and is not asked for again, though all is still there
    BOOST_TEST(run("servers", {"--json"}).output.find("\"keptBytes\":30") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_server_is_called_by_the_id_of_another) {
    serve();
    add_captured_server();
    BOOST_TEST(run("add", {"--name", "web1", "--server-id", "HOST1"}).status == 1); // host1's name
    BOOST_TEST(run("add", {"--name", "SRV-1"}).status == 1);
    BOOST_TEST(run("add", {"--name", "web1", "--server-id", "srv-2"}).status == 0);
    auto const renamed = run("rename", {"web1", "Srv-1"});
    BOOST_TEST(renamed.status == 1);
    BOOST_TEST(renamed.output.find("Srv-1 is the id of another server (host1)") !=
                   std::string::npos,
               renamed.output);
    BOOST_TEST(run("rename", {"web1", "srv-2"}).status == 0); // its own
    BOOST_TEST(run("servers").output.find("by the id of another") == std::string::npos);
    server::store::store(data + "/trafikito.db", server::store::access::read_write, [] {
        return std::chrono::system_clock::now();
    }).rename_server("srv-2", "SRV-1"); // as it was possible before
    BOOST_TEST(run("servers").output.find(
                   "the server srv-2 is called by the id of another, host1 (srv-1)") !=
               std::string::npos);
    BOOST_TEST(run("remove", {"host1"}).status == 0);
    BOOST_TEST(run("rename", {"srv-2", "srv-1"}).status == 1); // `servers remove srv-1` means it
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_said) {
    serve();
    auto const listen = "127.0.0.1:" + std::to_string(port());
    auto const ended = test::run_server({"serve", "--data", data + "-2", "--listen", listen});
    BOOST_TEST(ended.status == 1);
    BOOST_TEST(ended.output.find("cannot listen on 127.0.0.1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
