#include "server/http/listener.hpp"

#include "test/server/http/listener_fixture.hpp"
#include "test/server/http/tls_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using test::is;
using test::post;

constexpr std::size_t size = 24UL * 1024 * 1024;
constexpr std::size_t bite = 512UL * 1024;

struct fixture : test::listener_fixture {
    fixture() : listener_fixture(limits()) {}
    static server::http::listener_settings limits() {
        server::http::listener_settings settings;
        settings.step_timeout = 700ms; // of one step
        settings.download_timeout = 1min;
        settings.max_connections = 3;
        settings.patience_with_few = 200ms;
        settings.patience_with_many = 200ms;
        return settings;
    }
    std::unique_ptr<test::tls_client> downloading() const {
        auto client = std::make_unique<test::tls_client>(port, authority, "localhost");
        BOOST_REQUIRE(client->connected());
        client->send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
        auto const head = client->receive_until("\r\n\r\n");
        BOOST_TEST(head.starts_with("HTTP/1.1 200 "));
        BOOST_TEST(head.find("Content-Length: " + std::to_string(size)) != head.npos);
        return client;
    }
};

struct no_time_at_all : test::listener_fixture {
    no_time_at_all() : listener_fixture(limits()) {}
    static server::http::listener_settings limits() {
        server::http::listener_settings settings;
        settings.download_timeout = 300ms;
        return settings;
    }
};

BOOST_FIXTURE_TEST_SUITE(listener_download, fixture)

BOOST_AUTO_TEST_CASE(over_a_slow_line_it_takes_longer_than_a_step_and_arrives) {
    auto const client = downloading();
    auto const begun = std::chrono::steady_clock::now();
    std::size_t got = 0;
    while (got < size) {
        auto const some = client->receive_bytes(std::min(bite, size - got)).size();
        if (some == 0) {
            break;
        }
        got += some;
        // The rest at once: what waits in between is time in which a server hears of no request.
        if (std::chrono::steady_clock::now() - begun < 2 * limits().step_timeout) {
            std::this_thread::sleep_for(40ms);
        }
    }
    BOOST_TEST(got == size);
    BOOST_TEST((std::chrono::steady_clock::now() - begun > limits().step_timeout));
    client->send(post("/x")); // the connection is as before
    BOOST_TEST(is(client->receive(), "200", "POST /x 0"));
}

BOOST_AUTO_TEST_CASE(who_reads_nothing_is_left) {
    auto const client = downloading();
    std::this_thread::sleep_for(limits().step_timeout + 800ms);
    BOOST_TEST(client->receive_bytes(size).size() < size);
}

BOOST_FIXTURE_TEST_CASE(a_download_has_an_end, no_time_at_all) {
    test::tls_client client(port, authority, "localhost");
    client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    std::size_t got = client.receive_bytes(bite).size();
    std::this_thread::sleep_for(500ms);
    for (auto some = got; some != 0; got += some) {
        some = client.receive_bytes(bite).size();
    }
    BOOST_TEST(got < size);
}

BOOST_AUTO_TEST_CASE(downloads_in_all_seats_keep_no_machine_out) {
    std::vector<std::unique_ptr<test::tls_client>> slow;
    for (int i = 0; i < 3; ++i) {
        slow.push_back(downloading());
    }
    test::tls_client machine(port, authority, "localhost");
    BOOST_REQUIRE(machine.connected());
    machine.send(post("/known"));
    BOOST_TEST(is(machine.receive(), "200", "POST /known 0"));
}

BOOST_AUTO_TEST_CASE(head_gets_the_length_and_no_body) {
    test::tls_client client(port, authority, "localhost");
    client.send("HEAD /large HTTP/1.1\r\nHost: h\r\n\r\n");
    auto const head = client.receive_until("\r\n\r\n");
    BOOST_TEST(head.find("Content-Length: " + std::to_string(size)) != head.npos);
    client.send(post("/x"));
    BOOST_TEST(is(client.receive(), "200", "POST /x 0"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
