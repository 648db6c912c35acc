#include "server/http/listener.hpp"

#include "test/server/http/listener_fixture.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using test::is;
using test::post;

// Whoever holds on to what others need: without the rule they would hold it for a
// minute, and a client here waits for 10 s.
struct besieged : test::listener_fixture {
    besieged() : listener_fixture(limits()) {}
    static server::http::listener_settings limits() {
        server::http::listener_settings settings;
        settings.step_timeout = 60s;
        settings.body_timeout = 60s;
        settings.max_connections = 3;
        settings.max_bodies = 100'000;
        settings.patience_with_few = 50ms;
        settings.patience_with_many = 50ms;
        settings.patience_with_known = 50ms;
        return settings;
    }
    bool served() {
        test::tls_client client(port, authority, "localhost");
        client.send(post("/x"));
        return is(client.receive(), "200", "POST /x 0");
    }
};

BOOST_FIXTURE_TEST_SUITE(listener_siege, besieged)

BOOST_AUTO_TEST_CASE(silent_connections_make_room_for_one_that_asks) {
    test::tls_client first(port, authority, "localhost");
    test::tls_client second(port, authority, "localhost");
    test::tls_client third(port, authority, "localhost");
    second.send("POST / HTT"); // half a header is as silent
    third.send(post("/x", "Content-Length: 5\r\n", "abc"));
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(served());
    }
}

BOOST_AUTO_TEST_CASE(nobody_is_sent_away_while_there_is_room) {
    test::tls_client first(port, authority, "localhost");
    test::tls_client second(port, authority, "localhost");
    // Once: whoever has just left holds its place until the server has seen it go.
    BOOST_TEST(served());
    for (auto* each : {&first, &second}) {
        each->send(post("/y"));
        BOOST_TEST(is(each->receive(), "200", "POST /y 0"));
    }
}

BOOST_AUTO_TEST_CASE(a_large_body_that_does_not_come_gives_way_to_one_that_does) {
    test::tls_client dawdler(port, authority, "localhost");
    dawdler.send(post("/x", "Expect: 100-continue\r\nContent-Length: 90000\r\n"));
    BOOST_TEST(dawdler.receive().starts_with("HTTP/1.1 100 "));
    BOOST_TEST(test::eventually(
        [&] {
            test::tls_client client(port, authority, "localhost");
            client.send(post("/x", "Content-Length: 90000\r\n", std::string(90000, 'x')));
            auto const answer = client.receive();
            bool const told_when =
                answer.starts_with("HTTP/1.1 200 ") || answer.find("Retry-After: ") != answer.npos;
            BOOST_TEST(told_when, answer);
            return is(answer, "200", "POST /x 90000");
        },
        30s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
