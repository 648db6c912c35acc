#include "server/http/listener.hpp"

#include "test/server/api/captures.hpp"
#include "test/server/http/listener_fixture.hpp"
#include "test/server/http/tls_client.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;
using test::is;
using test::post;

BOOST_FIXTURE_TEST_SUITE(listener, test::listener_fixture)

BOOST_AUTO_TEST_CASE(clients_that_verify_get_in_by_name_and_by_address) {
    for (auto const* name : {"localhost", "127.0.0.1"}) {
        test::tls_client client(port, authority, name);
        BOOST_REQUIRE(client.connected());
        client.send(post("/x"));
        BOOST_TEST(is(client.receive(), "200", "POST /x 0"));
    }
    BOOST_TEST(!test::tls_client(port, authority, "example.org").connected());
}

BOOST_AUTO_TEST_CASE(tls_before_1_2_is_refused) {
    BOOST_TEST(!test::tls_client(port, authority, "localhost", TLS1_1_VERSION).connected());
    BOOST_TEST(test::tls_client(port, authority, "localhost", TLS1_2_VERSION).connected());
}

BOOST_AUTO_TEST_CASE(a_connection_carries_several_requests_also_at_once) {
    test::tls_client client(port, authority, "localhost");
    client.send(post("/1") + post("/2", "Content-Length: 3\r\n", "abc") + "\r\n\r\n" + post("/3"));
    BOOST_TEST(is(client.receive(), "200", "POST /1 0"));
    BOOST_TEST(is(client.receive(), "200", "POST /2 3"));
    BOOST_TEST(is(client.receive(), "200", "POST /3 0"));
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_for_100_is_told_to_go_on) {
    test::tls_client client(port, authority, "localhost");
    client.send(post("/x", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
    BOOST_TEST(client.receive().starts_with("HTTP/1.1 100 "));
    client.send("hello");
    BOOST_TEST(is(client.receive(), "200", "POST /x 5"));
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_read) {
    test::tls_client client(port, authority, "localhost");
    client.send(post("/x", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
    BOOST_TEST(is(client.receive(), "200", "POST /x 5"));
}

BOOST_AUTO_TEST_CASE(what_is_too_large_or_no_http_is_refused_and_the_next_client_served) {
    auto const answer_to = [&](std::string const& bytes) {
        test::tls_client client(port, authority, "localhost");
        client.send(bytes);
        return client.receive();
    };
    BOOST_TEST(answer_to(post("/x", "Content-Length: 16777217\r\n")).starts_with("HTTP/1.1 413 "));
    BOOST_TEST(answer_to(post("/x", "X: " + std::string(17000, 'x') + "\r\n"))
                   .starts_with("HTTP/1.1 431 "));
    BOOST_TEST(answer_to("this is no http\r\n\r\n").starts_with("HTTP/1.1 400 "));
    BOOST_TEST(answer_to(post("/x", "Content-Length: 1\r\nContent-Length: 2\r\n"))
                   .starts_with("HTTP/1.1 400 "));
    BOOST_TEST(answer_to(post("/throw")).starts_with("HTTP/1.1 500 "));
    BOOST_TEST(is(answer_to(post("/x")), "200", "POST /x 0"));
    BOOST_TEST(logged("413"));
    BOOST_TEST(logged("thrown on purpose"));
}

BOOST_AUTO_TEST_CASE(plain_http_and_a_client_that_leaves_early_harm_nothing) {
    for (auto const* bytes : {"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf", "PO", ""}) {
        test::tls_client leaving(port, authority, "localhost");
        leaving.send(bytes);
    }
    test::tls_client client(port, authority, "localhost");
    client.send(post("/x"));
    BOOST_TEST(is(client.receive(), "200", "POST /x 0"));
}

BOOST_AUTO_TEST_CASE(stop_ends_the_run_though_a_client_is_still_connected) {
    test::tls_client client(port, authority, "localhost");
    client.send(post("/x"));
    client.receive();
    stop();
    runner.join();
    BOOST_TEST(client.receive().empty());
    BOOST_TEST(!test::tls_client(port, authority, "localhost").connected());
}

BOOST_AUTO_TEST_CASE(every_capture_arrives_whole) {
    test::tls_client client(port, authority, "localhost");
    for (auto const& name : test::capture_names) {
        auto const capture = test::read_capture(name);
        client.send(test::wire_form(capture));
        auto const size = name == "v2-ping" ? 0 : capture.body.size(); // it has no Content-Length
        BOOST_TEST(
            is(client.receive(), "200", "POST " + capture.target + " " + std::to_string(size)));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
