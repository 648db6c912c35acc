// Suite network: what the network around the agent costs it. Connections and handshakes of a daemon
// over several cycles, name servers that say nothing, proxies that want a password.
#include "test/e2e/installation.hpp"
#include "test/e2e/self_hosted.hpp"

#include "test/support/eventually.hpp"
#include "test/support/real_programs.hpp"
#include "test/support/scripted_proxy.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>

using namespace trafikito::test;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t cycles = 3;

std::size_t count(std::string const& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

struct network_fixture {
    network_fixture() : there(who) {
        certificate_wish wish;
        wish.names = {"127.0.0.1"};
        own = authority.issue(wish);
        there.write_commands("trafikito_one=\"echo 1\"\n");
        there.environment["TRAFIKITO_CA_FILE"] =
            there.write("etc/ca.pem", authority.certificate()).string();
        there.environment["TRAFIKITO_INTERVAL"] = "1s";
        there.environment["TRAFIKITO_RANDOM_NUMBER"] = "0";
        there.environment["TRAFIKITO_LOG_LEVEL"] = "debug";
    }

    void use(int version, std::string const& url) {
        there.write_config(version == 1 ? writing::seeds : writing::exported,
                           version == 1 ? url : "");
        there.environment.erase("TRAFIKITO_API_URL");
        if (version == 2) {
            there.environment["TRAFIKITO_API_URL"] = url;
        }
    }

    /// What a daemon logs until that many of its reports were accepted.
    [[nodiscard]] std::string log_of_some_cycles(int version, std::string const& url) {
        use(version, url);
        auto const daemon = there.daemon();
        BOOST_TEST(eventually([&] { return count(daemon->err(), "report accepted") >= cycles; }));
        daemon->signal(SIGTERM);
        auto const ended = daemon->wait();
        BOOST_TEST(exited(ended, 0));
        return ended.err;
    }

    known_agent who;
    certificate_authority authority;
    identity own;
    installation there;
};

/// nginx as an API of both versions; `server` goes into its server block.
class nginx_api {
public:
    nginx_api(identity const& own, std::string const& server) {
        (void)here_.write("cert.pem", own.certificate);
        (void)here_.write("key.pem", own.key);
        auto const config = here_.write(
            "nginx.conf",
            nginx_config(here_.path(), port,
                         server +
                             "location / { return 200 OK; }\n"
                             "location = /v1/agent/get { return 200 'tok,trafikito_one'; }\n"
                             "location = /v2/agent/get_config { return 200 'tok one 55 0'; }"));
        running_ = std::make_unique<program>(
            std::vector<std::string>{find_program("nginx"), "-e", "stderr", "-p",
                                     here_.path().string(), "-c", config.string()},
            inherited_environment());
        BOOST_REQUIRE(eventually([this] { return listens(port); }));
    }

    [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port); }

    std::uint16_t port = free_port();

private:
    temporary_directory here_;
    std::unique_ptr<program> running_;
};

/// A look-up there is sent, and never answered. Namespaces go with their last process.
constexpr auto silent_name_server = R"(
set -e
ip link add one type veth peer name other
ip link set lo up; ip link set other up
ip address add 192.0.2.1/24 dev one; ip link set one up
ip neighbour add 192.0.2.53 lladdr 02:00:00:00:00:01 dev one nud permanent
mount --bind "$1" /etc/resolv.conf
shift
exec "$@")";

} // namespace

BOOST_FIXTURE_TEST_SUITE(network, network_fixture)

BOOST_AUTO_TEST_CASE(a_peer_that_keeps_its_connections_gets_one_handshake_for_all_cycles,
                     *needs("nginx")) {
    nginx_api const api(own, "");
    for (int const version : {1, 2}) {
        auto const log = log_of_some_cycles(version, api.url());
        BOOST_TEST(count(log, "new session") == 1U, log);
        BOOST_TEST(count(log, "connected to") == 1U, log);
    }
}

BOOST_AUTO_TEST_CASE(a_peer_that_closes_after_each_cycle_gets_one_full_handshake_alone,
                     *needs("nginx")) {
    using pair = std::pair<std::string, int>;
    for (auto const& [protocol, version] : {pair("TLSv1.2", 1), pair("TLSv1.3", 2)}) {
        // An order and a report: a cycle keeps its connection, the next one finds it closed.
        nginx_api const api(own, "keepalive_requests 2; ssl_protocols " + protocol + ";\n");
        auto const log = log_of_some_cycles(version, api.url());
        BOOST_TEST(count(log, "new session") == 1U, log);
        BOOST_TEST(count(log, "resumed session") >= cycles - 1, log);
        BOOST_TEST(count(log, "resumed session") <= count(log, "report accepted"), log);
        BOOST_TEST(count(log, protocol) == count(log, "connected to"), log);
    }
}

BOOST_AUTO_TEST_CASE(a_peer_that_closes_after_each_request_gets_one_full_handshake_alone,
                     *needs("nginx")) {
    nginx_api const api(own, "keepalive_requests 1;\n");
    for (int const version : {1, 2}) {
        auto const log = log_of_some_cycles(version, api.url());
        BOOST_TEST(count(log, "new session") == 1U, log);
        BOOST_TEST(count(log, "resumed session") >= 2 * cycles - 1, log);
    }
}

BOOST_AUTO_TEST_CASE(our_server_gets_one_handshake_for_all_cycles) {
    self_hosted const server;
    for (int const version : {1, 2}) {
        temporary_directory const where;
        auto const base = (where.path() / "agent").string();
        auto const enrolled =
            run({TRAFIKITO_AGENT, "enroll", "--api-url", server.url(), "--ca-file",
                 server.ca_file().string(), "--user-api-key-file", server.user_key_file().string(),
                 "--workspace-id", "default", "--base-dir", base},
                {"PATH=/usr/bin:/bin"});
        BOOST_REQUIRE(exited(enrolled, 0));
        std::vector<std::string> environment{
            "PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s", "TRAFIKITO_RANDOM_NUMBER=0",
            "TRAFIKITO_LOG_LEVEL=debug", "TRAFIKITO_CA_FILE=" + server.ca_file().string()};
        if (version == 1) {
            environment.push_back("TRAFIKITO_API_VERSION=1");
            environment.push_back("TRAFIKITO_URL_GET_CONFIG=" + server.url() + v1_get);
            environment.push_back("TRAFIKITO_URL_OUTPUT=" + server.url() + v1_output);
        }
        program daemon({TRAFIKITO_AGENT, "--config", base + "/etc/trafikito.cfg"}, environment);
        BOOST_TEST(eventually([&] { return count(daemon.err(), "report accepted") >= cycles; }));
        daemon.signal(SIGTERM);
        auto const ended = daemon.wait();
        BOOST_TEST(exited(ended, 0));
        BOOST_TEST(count(ended.err, "new session") == 1U, ended.err);
        BOOST_TEST(count(ended.err, "connected to") == 1U, ended.err);
    }
}

BOOST_AUTO_TEST_CASE(a_slow_answer_is_waited_for_within_its_bound, *needs("nginx")) {
    std::string order = "tok,trafikito_one";
    for (int number = 0; number < 400; ++number) {
        order += ",trafikito_command_" + std::to_string(number);
    }
    (void)there.write("www/order", order); // some 9 KiB
    // A file as the answer to a POST: nginx has it so.
    auto const slowly = [&](std::string const& rate) {
        return "location = /order { root " + there.base().string() + "/www; limit_rate " + rate +
               "; error_page 405 =200 $uri; }\n";
    };
    auto const ask = [&](nginx_api const& api, std::string const& timeout) {
        use(1, api.url());
        there.environment["TRAFIKITO_URL_GET_CONFIG"] = api.url() + "/order";
        there.environment["TRAFIKITO_REQUEST_TIMEOUT"] = timeout;
        there.environment["TRAFIKITO_RETRIES"] = "0";
        return there.once();
    };
    BOOST_TEST(exited(ask(nginx_api(own, slowly("8k")), "20s"), 0));
    auto const late = ask(nginx_api(own, slowly("1k")), "1s");
    BOOST_TEST(exited(late, 1));
    BOOST_TEST(late.err.find("receiving from 127.0.0.1") != std::string::npos, late.err);
    BOOST_TEST(late.err.find("timed out after 1 s") != std::string::npos, late.err);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_wants_a_password_shows_it_to_nobody, *needs("tinyproxy")) {
    strict_api api(own, who);
    api.answers(v2_order, {{"tok-7Qx one 55 0"}});
    auto const port = free_port();
    std::string const password = "hunter2%2Dcorp";
    auto const config = there.write(
        "tinyproxy.conf", "Port " + std::to_string(port) + "\nListen 127.0.0.1\nTimeout 30\n" +
                              "MaxClients 10\nAllow 127.0.0.1\nBasicAuth me hunter2-corp\n");
    program const proxy({find_program("tinyproxy"), "-d", "-c", config.string()},
                        inherited_environment());
    BOOST_REQUIRE(eventually([&] { return listens(port); }));
    use(2, api.url());
    auto const through = [&](std::string const& user) {
        there.environment["TRAFIKITO_PROXY"] =
            "http://" + user + "127.0.0.1:" + std::to_string(port);
        auto ran = there.once();
        auto const all = ran.out + ran.err;
        for (std::string const unseen :
             {who.api_key.c_str(), "tok-7Qx", "hunter2", "wrong-password", "bWU6aHVudGVyMi1jb3Jw",
              "Proxy-Authorization", "Basic "}) {
            BOOST_TEST(all.find(unseen) == std::string::npos, unseen << " in " << all);
        }
        return ran;
    };
    BOOST_TEST(exited(through("me:" + password + "@"), 0));
    BOOST_TEST(api.count(v2_output) == 1U);
    for (std::string const user : {"", "me:wrong-password@"}) {
        auto const refused = through(user);
        BOOST_TEST(exited(refused, 1));
        BOOST_TEST(refused.err.find("proxy on the way to 127.0.0.1") != std::string::npos,
                   refused.err);
        BOOST_TEST(refused.err.find("user name and password") != std::string::npos, refused.err);
    }
    there.environment["TRAFIKITO_PROXY"] = "http://me:" + password + "@127.0.0.1:1";
    auto const checked = there.run({"check"});
    BOOST_TEST((checked.out + checked.err).find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_silent_name_server_is_named_and_delays_no_exit,
                     *needs_root() * needs("ip")) {
    use(2, "https://api.example");
    there.environment["TRAFIKITO_RETRIES"] = "0";
    auto const resolv = there.write("resolv.conf", "nameserver 192.0.2.53\n").string();
    auto const start = [&](std::vector<std::string> const& more) {
        std::vector<std::string> words{"/usr/bin/unshare", "-n", "-m",  "/bin/sh", "-c",
                                       silent_name_server, "sh", resolv};
        words.insert(words.end(), {TRAFIKITO_AGENT, "--config", there.config().string()});
        words.insert(words.end(), more.begin(), more.end());
        auto environment = there.all_environment();
        environment[0] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        return std::make_unique<program>(words, environment);
    };
    there.environment["TRAFIKITO_REQUEST_TIMEOUT"] = "1s";
    auto const once = start({"--once"})->wait();
    BOOST_TEST(exited(once, 1));
    BOOST_TEST(once.err.find("look-up of api.example:443: timed out") != std::string::npos,
               once.err);

    there.environment["TRAFIKITO_REQUEST_TIMEOUT"] = "30s";
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    std::filesystem::remove_all(there.base() / "var");
    std::filesystem::create_directory(there.base() / "var");
    auto const daemon = start({});
    // Its thread that looks the name up is there: a second one besides the loop's.
    BOOST_REQUIRE(eventually([&] {
        return proc_file(daemon->pid(), "status").find("Threads:\t2") != std::string::npos;
    }));
    auto const asked = steady::now();
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    BOOST_TEST((steady::now() - asked < std::chrono::seconds{5}));
}

BOOST_AUTO_TEST_SUITE_END()
