// More comes than one thread can answer: it is held up on purpose, as by too much work.
#include "server/http/listener.hpp"

#include "server/http/overload.hpp"
#include "server/http/tls_settings.hpp"
#include "test/server/http/listener_fixture.hpp"
#include "test/server/http/tls_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using boost::system::error_code;
using server::http::overload;
using test::is;
using test::post;

constexpr auto a_little = 100ms; ///< more than the kernel's clock is coarse

/// In seconds; 0 unless it is the answer to one that comes in vain.
int pause_of(std::string const& answer) {
    static constexpr std::string_view field = "Retry-After: ";
    auto const at = answer.find(field);
    bool const busy = answer.starts_with("HTTP/1.1 503 ") && at != std::string::npos &&
                      answer.ends_with("the server is busy, try again later\n");
    return busy ? std::stoi(answer.substr(at + field.size())) : 0;
}

struct fixture : test::listener_fixture {
    /// To what the listener's thread had no time for.
    std::string answer_late(test::tls_client& client, std::string const& bytes) {
        auto const begun = std::make_shared<std::promise<void>>();
        std::promise<void> sent;
        boost::asio::post(context, [begun, all = sent.get_future()]() mutable {
            begun->set_value();
            all.wait();
            std::this_thread::sleep_for(overload::late + a_little);
        });
        begun->get_future().wait();
        BOOST_TEST(client.send(bytes));
        sent.set_value();
        return client.receive();
    }
    static constexpr char const* one_byte = "Content-Length: 1\r\n";
};

/// One that waits for whatever becomes of it, beside many others.
struct stranger {
    stranger(boost::asio::io_context& context, boost::asio::ssl::context& tls)
        : stream(context, tls) {}

    void come(unsigned short port) {
        stream.next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
        stream.async_handshake(boost::asio::ssl::stream_base::client,
                               [this](error_code const& failed) {
                                   if (!failed) {
                                       ask();
                                   }
                               });
    }
    void ask() {
        boost::asio::async_write(
            stream, boost::asio::buffer(request), [this](error_code const&, std::size_t) {
                boost::asio::async_read(stream, boost::asio::dynamic_buffer(answer),
                                        [](error_code const&, std::size_t) {});
            });
    }

    boost::asio::ssl::stream<tcp::socket> stream;
    std::string request = post("/x", "Content-Length: 1\r\nConnection: close\r\n", "x");
    std::string answer; ///< empty: none, it was closed
};

BOOST_FIXTURE_TEST_SUITE(listener_overload, fixture)

BOOST_AUTO_TEST_CASE(
    a_known_ones_request_that_lay_unread_is_answered_by_503_and_its_next_is_served) {
    test::tls_client known(port, authority, "localhost");
    known.send(post("/known", one_byte, "x"));
    BOOST_TEST(is(known.receive(), "200", "POST /known 1"));
    auto const answer = answer_late(known, post("/x", one_byte, "x"));
    BOOST_TEST(pause_of(answer) >= 20, answer);
    BOOST_TEST(pause_of(answer) <= 60, answer);
    known.send(post("/y", one_byte, "y"));
    BOOST_TEST(is(known.receive(), "200", "POST /y 1"));
    BOOST_TEST(logged("more comes than can be answered"));
}

BOOST_AUTO_TEST_CASE(an_unknown_ones_connection_ends_with_that) {
    test::tls_client unknown(port, authority, "localhost");
    unknown.send(post("/x", one_byte, "x"));
    BOOST_TEST(is(unknown.receive(), "200", "POST /x 1"));
    auto const answer = answer_late(unknown, post("/x", one_byte, "x"));
    BOOST_TEST(pause_of(answer) != 0, answer);
    BOOST_TEST(unknown.receive().empty());
}

BOOST_AUTO_TEST_CASE(who_only_asks_whether_somebody_is_here_is_told_so_however_late) {
    test::tls_client client(port, authority, "localhost");
    BOOST_REQUIRE(client.connected());
    BOOST_TEST(is(answer_late(client, post("/x")), "200", "POST /x 0"));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_request_is_said_however_late) {
    test::tls_client client(port, authority, "localhost");
    BOOST_REQUIRE(client.connected());
    auto const answer =
        answer_late(client, "POST /x HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"); // without a host
    BOOST_TEST(answer.starts_with("HTTP/1.1 400 "), answer);
}

// The thread makes the first handshake for so long that the others have stood at the door in vain.
BOOST_AUTO_TEST_CASE(of_those_who_wait_in_vain_half_as_many_are_told_as_were_served) {
    auto const slow = std::make_shared<boost::asio::ssl::context>(
        server::http::server_tls(directory.path() / "server.pem", directory.path() / "server.key"));
    std::atomic<bool> first = true;
    SSL_CTX_set_client_hello_cb(
        slow->native_handle(),
        [](SSL* /*of*/, int* /*alert*/, void* is_first) {
            if (static_cast<std::atomic<bool>*>(is_first)->exchange(false)) {
                std::this_thread::sleep_for(overload::patience + a_little);
            }
            return SSL_CLIENT_HELLO_SUCCESS;
        },
        &first);
    std::promise<void> all_are_here;
    boost::asio::post(context, [this, slow, all = all_are_here.get_future()]() mutable {
        doors->use(slow);
        all.wait();
    });
    boost::asio::io_context mine;
    boost::asio::ssl::context tls(boost::asio::ssl::context::tls_client);
    std::vector<std::unique_ptr<stranger>> strangers;
    for (int i = 0; i < 100; ++i) {
        strangers.push_back(std::make_unique<stranger>(mine, tls));
        strangers.back()->come(port);
    }
    mine.poll(); // what they say first is on its way
    all_are_here.set_value();
    mine.restart();
    mine.run();

    std::size_t served = 0;
    std::size_t unheard = 0;
    std::multiset<int> pauses;
    for (auto const& one : strangers) {
        if (is(one->answer, "200", "POST /x 1")) {
            ++served;
        } else if (one->answer.empty()) {
            ++unheard;
        } else {
            pauses.insert(pause_of(one->answer));
        }
    }
    BOOST_TEST(served >= static_cast<std::size_t>(overload::begin_at_once));
    BOOST_TEST(pauses.size() == served / 2);
    BOOST_TEST(unheard == strangers.size() - served - pauses.size());
    BOOST_TEST(unheard > 0U);
    BOOST_REQUIRE(!pauses.empty());
    BOOST_TEST(*pauses.begin() >= 20);
    BOOST_TEST(*pauses.rbegin() > *pauses.begin());
    test::tls_client later(port, authority, "localhost");
    later.send(post("/x", one_byte, "x"));
    BOOST_TEST(is(later.receive(), "200", "POST /x 1"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
