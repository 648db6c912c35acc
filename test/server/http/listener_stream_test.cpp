// Answers that come bit by bit.
#include "server/http/listener.hpp"

#include "test/server/http/listener_fixture.hpp"
#include "test/server/http/tls_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;

server::http::listener_settings one_seat() {
    server::http::listener_settings settings;
    settings.max_connections = 1;
    return settings;
}

struct fixture : test::listener_fixture {
    explicit fixture(server::http::listener_settings const& settings = {})
        : listener_fixture(settings) {}

    [[nodiscard]] std::unique_ptr<test::tls_client> ask(std::string const& path,
                                                        char const* version = "1.1") const {
        auto client = std::make_unique<test::tls_client>(port, authority, "localhost");
        BOOST_REQUIRE(client->connected());
        client->send("GET " + path + " HTTP/" + version + "\r\nHost: h\r\n\r\n");
        return client;
    }
};

struct with_one_seat : fixture {
    with_one_seat() : fixture(one_seat()) {}
};

BOOST_FIXTURE_TEST_SUITE(listener_stream, fixture)

BOOST_AUTO_TEST_CASE(each_bit_is_a_chunk_and_the_connection_ends_with_the_last) {
    auto const client = ask("/stream-ends");
    auto const head = client->receive_until("\r\n\r\n");
    BOOST_TEST(head.starts_with("HTTP/1.1 200 "));
    BOOST_TEST(head.find("Transfer-Encoding: chunked\r\n") != head.npos);
    BOOST_TEST(head.find("Connection: close\r\n") != head.npos);
    BOOST_TEST(head.find("Content-Length") == head.npos);
    std::string const all = "6\r\nbit 1\n\r\n6\r\nbit 2\n\r\n0\r\n\r\n";
    BOOST_TEST(client->receive_bytes(all.size()) == all);
    BOOST_TEST(client->receive_bytes(1) == "");
}

BOOST_AUTO_TEST_CASE(who_speaks_http_1_0_gets_it_without_chunks) {
    auto const client = ask("/stream-ends", "1.0");
    auto const head = client->receive_until("\r\n\r\n");
    BOOST_TEST(head.find("chunked") == head.npos);
    BOOST_TEST(client->receive_bytes(12) == "bit 1\nbit 2\n");
    BOOST_TEST(client->receive_bytes(1) == "");
}

BOOST_AUTO_TEST_CASE(to_head_it_is_a_head) {
    auto const client = std::make_unique<test::tls_client>(port, authority, "localhost");
    client->send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(client->receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    BOOST_TEST(client->receive_bytes(1) == "");
}

BOOST_AUTO_TEST_CASE(one_that_says_nothing_ends_with_the_listener) {
    auto const client = ask("/stream");
    client->receive_until("bit 2\n\r\n");
    auto const begun = std::chrono::steady_clock::now();
    stop();
    runner.join(); // the context has nothing left to do
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 3s)); // its stop_timeout
}

BOOST_FIXTURE_TEST_CASE(it_gives_its_seat_to_who_needs_one, with_one_seat) {
    auto const client = ask("/stream");
    client->receive_until("bit 2\n\r\n");
    auto const other = ask("/other");
    BOOST_TEST(test::is(other->receive(), "200", "GET /other 0"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
