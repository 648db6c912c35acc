// The built trafikito-server while strangers attack it: ten agents get in and out within five
// seconds, memory stays bounded, SIGTERM ends it. Its log goes to a pipe that nobody reads.
#include "test/server/attackers.hpp"

#include "server/database/sqlite.hpp"
#include "test/server/api/captures.hpp"
#include "test/server/child.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/eventually.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using test::sanitized;

// What an agent may take to get in, and the server to end.
constexpr auto bound = 5s * (sanitized ? 4 : 1);
constexpr long max_memory = 150L * 1024; ///< KiB
constexpr int agents = 10;
constexpr int cycles = 2;
constexpr int traitor = agents; ///< one machine more, whose key is right

std::string id_of(int agent) {
    return "machine-" + std::to_string(agent);
}

std::string key_of(int agent) {
    return "the-key-of-machine-" + std::to_string(agent);
}

std::string post(std::string const& path, std::string const& headers,
                 std::string const& body = {}) {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}

std::string pings(int count) {
    std::string all;
    while (count-- > 0) {
        all += post("/v2/ping", "Content-Length: 0\r\n");
    }
    return all;
}

std::string wrong_key() {
    std::string const body = R"({"serverId":"machine-1","serverApiKey":"a-key-that-is-guessed"})";
    return post("/v2/agent/get_config", "Content-Length: " + std::to_string(body.size()) + "\r\n",
                body);
}

std::string large_report_with_a_wrong_key() {
    auto made = test::read_capture("v2-agent-save_output");
    boost::replace_all(made.body, "key-1", "a-key-that-is-guessed");
    boost::replace_first(made.body, "08:52", std::string(15'900'000, '-'));
    return test::wire_form(made);
}

struct fixture {
    fixture() : descriptors(test::raise_descriptor_limit()), pipe(std::signal(SIGPIPE, SIG_IGN)) {
        serving = std::make_unique<test::child>(
            std::vector<std::string>{"serve", "--data", data, "--listen", "127.0.0.1:0",
                                     "--port-file", port_file, "--min-interval", "0"});
        BOOST_REQUIRE(serving->wrote("certificate authority: "));
        BOOST_REQUIRE(test::eventually([&] { return std::filesystem::exists(port_file); }));
        port = static_cast<unsigned short>(std::stoi(test::read_file(port_file)));
        for (int agent = 0; agent <= traitor; ++agent) {
            auto const added =
                test::run_server({"servers", "add", "--data", data, "--name", id_of(agent),
                                  "--server-id", id_of(agent), "--api-key-file", "-"},
                                 key_of(agent) + "\n");
            BOOST_REQUIRE_EQUAL(added.status, 0);
        }
    }
    ~fixture() { std::signal(SIGPIPE, pipe); }
    fixture(fixture const&) = delete;
    fixture& operator=(fixture const&) = delete;

    // One request of the shell agents, as that machine sends it.
    std::string request(std::string const& capture, int agent) const {
        auto made = test::read_capture(capture);
        for (auto& [name, value] : made.headers) {
            boost::replace_all(value, "key-1", key_of(agent));
        }
        boost::replace_all(made.body, "srv-1", id_of(agent));
        boost::replace_all(made.body, "key-1", key_of(agent));
        if (agent < 2) { // one of each version has much to say: more than is always taken
            boost::replace_first(made.body, "08:52", std::string(200'000, '-') + " 08:52");
        }
        return test::wire_form(made);
    }

    // All of them over one connection; empty when it failed.
    std::string send(std::vector<std::string> const& requests) const {
        test::tls_client client(port, data + "/ca.pem", "localhost");
        std::string answer;
        for (auto const& each : requests) {
            answer = client.connected() && client.send(each) ? client.receive() : std::string();
            if (!answer.starts_with("HTTP/1.1 200 ")) {
                return {};
            }
        }
        return answer;
    }

    // An order and a report, tried again until both are taken: how long that took.
    steady::duration cycle(int agent) const {
        auto const begin = steady::now();
        bool const v2 = agent % 2 == 0;
        bool reported = false;
        while (!reported && steady::now() - begin < 4 * bound) {
            if (v2) {
                reported = !send({request("v2-agent-get_config", agent),
                                  request("v2-agent-save_output", agent)})
                                .empty();
            } else {
                reported = !send({request("v1-agent-get", agent)}).empty() &&
                           !send({request("v1-agent-output", agent)}).empty();
            }
        }
        return reported ? steady::now() - begin : steady::duration::max();
    }

    // Boost.Test's checks are for one thread, so the times are gathered.
    void agents_report() const {
        std::array<steady::duration, agents> slowest{};
        std::vector<std::thread> running;
        for (int agent = 0; agent < agents; ++agent) {
            running.emplace_back([&, agent] {
                for (int count = 0; count < cycles; ++count) {
                    auto& worst = slowest.at(static_cast<std::size_t>(agent));
                    worst = std::max(worst, cycle(agent));
                }
            });
        }
        for (auto& each : running) {
            each.join();
        }
        for (auto const each : slowest) {
            BOOST_TEST((each < bound),
                       "an agent took "
                           << std::chrono::duration_cast<std::chrono::milliseconds>(each).count()
                           << " ms");
        }
    }

    /// KiB; -1 when the server has gone.
    long memory(std::string_view kind) const {
        std::ifstream status("/proc/" + std::to_string(serving->pid()) + "/status");
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with(kind)) {
                return std::stol(line.substr(kind.size()));
            }
        }
        return -1;
    }

    void ends_on_sigterm() {
        auto const begin = steady::now();
        serving->signal(SIGTERM);
        BOOST_TEST(serving->wait() == 0);
        BOOST_TEST((steady::now() - begin < bound));
    }

    void withstands(test::attack what) {
        constexpr std::size_t others = 1000; // what agents and tests need of descriptors
        what.connections = std::min(what.connections, descriptors - std::min(descriptors, others));
        test::siege const around(port, what);
        test::eventually([&] { return around.under_way(); }, 20s);
        agents_report();
        auto const most = memory("VmHWM:");
        BOOST_TEST(most > 0);
        BOOST_TEST((sanitized || most < max_memory), most << " KiB of memory");
        ends_on_sigterm();
    }

    test::temporary_directory directory;
    std::string data = directory.path() / "data";
    std::string port_file = directory.path() / "port";
    std::size_t descriptors;
    void (*pipe)(int); // what OpenSSL's writes raise is nobody's end
    std::unique_ptr<test::child> serving;
    unsigned short port = 0;
};

BOOST_FIXTURE_TEST_SUITE(siege, fixture)

BOOST_AUTO_TEST_CASE(pings_without_end) {
    withstands({.connections = 600, .again = pings(1)});
}

BOOST_AUTO_TEST_CASE(thousands_of_requests_whose_answers_are_never_read) {
    withstands({.connections = 600, .again = pings(1000), .reads = false});
}

BOOST_AUTO_TEST_CASE(uploads_in_chunks_that_never_end) {
    withstands({.connections = 48,
                .first = post("/v2/agent/save_output", "Transfer-Encoding: chunked\r\n"),
                .again = "1000\r\n" + std::string(4096, 'x') + "\r\n",
                .reads = false});
}

BOOST_AUTO_TEST_CASE(uploads_of_one_machine_that_never_end) {
    withstands({.connections = 48,
                .first = post("/v1/agent/output?callToken=x", "Authorization: " + key_of(traitor) +
                                                                  "\r\nTransfer-Encoding: "
                                                                  "chunked\r\n"),
                .again = "1000\r\n" + std::string(4096, 'x') + "\r\n",
                .reads = false});
}

BOOST_AUTO_TEST_CASE(large_uploads_that_drip) {
    withstands({.connections = 600,
                .first = post("/v2/agent/save_output", "Content-Length: 16000000\r\n",
                              std::string(60'000, 'x')),
                .again = "x",
                .reads = false});
}

BOOST_AUTO_TEST_CASE(ten_thousand_silent_connections) {
    withstands({.connections = 10'000, .tls = false});
}

BOOST_AUTO_TEST_CASE(handshakes_that_are_never_finished) {
    auto const hello = test::client_hello();
    withstands({.connections = 600, .tls = false, .first = hello, .reads = false});
}

BOOST_AUTO_TEST_CASE(handshakes_of_which_half_a_hello_comes) {
    auto const hello = test::client_hello();
    withstands({.connections = 600,
                .tls = false,
                .first = hello.substr(0, hello.size() / 2),
                .reads = false});
}

BOOST_AUTO_TEST_CASE(the_memory_of_large_reports_is_given_back) {
    auto const before = memory("VmRSS:");
    {
        test::siege const around(port, {.connections = 24,
                                        .first = large_report_with_a_wrong_key(),
                                        .leaves = true,
                                        .turns = 4});
        test::eventually([&] { return around.under_way(); }, 20s);
    }
    BOOST_TEST((sanitized || test::eventually([&] { return memory("VmRSS:") < before + 8192; })));
}

BOOST_AUTO_TEST_CASE(headers_that_come_byte_by_byte) {
    withstands({.connections = 600,
                .first = "POST /v2/ping HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
                .again = "x",
                .reads = false});
}

BOOST_AUTO_TEST_CASE(plain_http_where_tls_is_expected) {
    withstands({.connections = 50, .tls = false, .first = pings(1), .leaves = true});
}

BOOST_AUTO_TEST_CASE(wrong_keys_in_a_loop) {
    withstands({.connections = 50, .again = wrong_key()});
}

BOOST_AUTO_TEST_CASE(connections_that_come_and_go) {
    withstands({.connections = 50, .again = pings(1), .leaves = true});
}

BOOST_AUTO_TEST_CASE(hundreds_of_refusals_while_nobody_reads_the_log) {
    withstands({.connections = 20,
                .first = post("/v2/ping", "Transfer-Encoding: gzip\r\n"),
                .leaves = true});
}

BOOST_AUTO_TEST_CASE(a_transaction_of_somebody_else_in_the_database) {
    server::database::sqlite other(data + "/trafikito.db", server::database::access::read_write);
    other.run_script("BEGIN IMMEDIATE");
    auto const begin = steady::now();
    BOOST_TEST(send({pings(1)}).ends_with("OK"));
    for (int agent = 0; agent < agents; ++agent) {
        bool const v2 = agent % 2 == 0;
        BOOST_TEST(!send({request(v2 ? "v2-agent-get_config" : "v1-agent-get", agent)}).empty());
    }
    BOOST_TEST((steady::now() - begin < bound));
    other.run_script("ROLLBACK");
    agents_report();
    other.run_script("BEGIN IMMEDIATE");
    ends_on_sigterm();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
