#include "server/http/listener.hpp"

#include "test/server/http/listener_fixture.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using test::is;
using test::post;

struct impatient : test::listener_fixture {
    impatient() : listener_fixture(limits()) {}
    static server::http::listener_settings limits() {
        server::http::listener_settings settings;
        settings.step_timeout = 500ms; // also for those who are to be served
        settings.max_connections = 2;
        return settings;
    }
};

struct one_large_body_at_a_time : test::listener_fixture {
    one_large_body_at_a_time() : listener_fixture(limits()) {}
    static server::http::listener_settings limits() {
        server::http::listener_settings settings;
        settings.max_bodies = 100'000;
        return settings;
    }
};

struct patient_with_the_known : test::listener_fixture {
    patient_with_the_known() : listener_fixture(limits()) {}
    static server::http::listener_settings limits() {
        server::http::listener_settings settings;
        settings.max_connections = 6;
        settings.patience_with_known = 1h;
        return settings;
    }
};

BOOST_FIXTURE_TEST_SUITE(listener_limits, impatient)

BOOST_AUTO_TEST_CASE(a_client_that_says_nothing_is_left) {
    test::tls_client header(port, authority, "localhost");
    header.send("POST / HTT");
    BOOST_TEST(header.receive().empty());
    test::tls_client body(port, authority, "localhost");
    body.send(post("/x", "Content-Length: 5\r\n", "abc"));
    BOOST_TEST(body.receive().empty());
}

BOOST_AUTO_TEST_CASE(clients_beyond_the_limit_wait_and_are_then_served) {
    test::tls_client first(port, authority, "localhost");
    test::tls_client second(port, authority, "localhost");
    test::tls_client one_above(port, authority, "localhost");
    // Until the others are left for their silence.
    test::tls_client waiting(port, authority, "localhost");
    BOOST_REQUIRE(waiting.connected());
    waiting.send(post("/x"));
    BOOST_TEST(is(waiting.receive(), "200", "POST /x 0"));
}

BOOST_FIXTURE_TEST_CASE(who_has_all_seats_for_himself_gives_one_away, patient_with_the_known) {
    std::vector<std::unique_ptr<test::tls_client>> greedy;
    for (int i = 0; i < 6; ++i) {
        greedy.push_back(std::make_unique<test::tls_client>(port, authority, "localhost"));
        greedy.back()->send(post("/known"));
        BOOST_TEST(is(greedy.back()->receive(), "200", "POST /known 0"));
    }
    test::tls_client late(port, authority, "localhost");
    BOOST_REQUIRE(late.connected());
    late.send(post("/x"));
    BOOST_TEST(is(late.receive(), "200", "POST /x 0"));
    BOOST_TEST(logged("no seat for more connections"));
}

BOOST_AUTO_TEST_CASE(no_more_connections_are_taken_than_there_are_descriptors) {
    server::http::listener_settings settings;
    auto const fits = [&](std::size_t descriptors) {
        settings.max_descriptors = descriptors;
        return server::http::fit_to_descriptors(settings);
    };
    BOOST_TEST(fits(100'000).seats == settings.max_connections);
    BOOST_TEST(fits(100'000).waiting == settings.max_waiting);
    for (std::size_t const few : {1024U, 256U, 64U, 20U, 2U, 0U}) {
        auto const room = fits(few);
        BOOST_TEST(room.seats >= 1U);
        BOOST_TEST(room.waiting >= 1U);
        BOOST_TEST(room.seats + room.waiting <= std::max<std::size_t>(few, 2));
    }
}

BOOST_FIXTURE_TEST_CASE(large_bodies_together_are_bounded_and_given_back,
                        one_large_body_at_a_time) {
    test::tls_client first(port, authority, "localhost");
    first.send(post("/known"));
    BOOST_TEST(is(first.receive(), "200", "POST /known 0"));
    first.send(post("/x", "Expect: 100-continue\r\nContent-Length: 90000\r\n"));
    BOOST_TEST(first.receive().starts_with("HTTP/1.1 100 "));
    first.send(std::string(80000, 'x'));
    // Until these have come, another may have the room, or have it and lose it: then its connection
    // is closed. From then on one that is known keeps it.
    std::string refused;
    BOOST_TEST(test::eventually([&] {
        test::tls_client second(port, authority, "localhost");
        second.send(post("/x", "Content-Length: 90000\r\n", std::string(90000, 'x')));
        refused = second.receive();
        return refused.starts_with("HTTP/1.1 503 ");
    }));
    BOOST_TEST(refused.find("Retry-After: ") != refused.npos);
    first.send(std::string(10000, 'x'));
    BOOST_TEST(is(first.receive(), "200", "POST /x 90000"));
    test::tls_client third(port, authority, "localhost");
    third.send(post("/x", "Content-Length: 90000\r\n", std::string(90000, 'x')));
    BOOST_TEST(is(third.receive(), "200", "POST /x 90000"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
