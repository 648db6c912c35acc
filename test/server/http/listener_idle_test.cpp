#include "server/http/listener.hpp"

#include "test/server/http/listener_fixture.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/eventually.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <memory>
#include <vector>

namespace {

using namespace trafikito;
using boost::asio::ip::tcp;
using test::is;
using test::post;

// OpenSSL tells of each of its objects that is made and goes.
std::atomic<int> tls_objects{0};

int watch_tls_objects() {
    static int const index = SSL_get_ex_new_index(
        0, nullptr,
        [](void* /*of*/, void* /*value*/, CRYPTO_EX_DATA* /*all*/, int /*index*/, long /*number*/,
           void* /*pointer*/) { ++tls_objects; },
        nullptr,
        [](void* /*of*/, void* /*value*/, CRYPTO_EX_DATA* /*all*/, int /*index*/, long /*number*/,
           void* /*pointer*/) { --tls_objects; });
    return index;
}

struct counted : test::listener_fixture {
    int const index = watch_tls_objects();
    boost::asio::io_context mine;

    tcp::socket silent() {
        tcp::socket one(mine);
        one.connect({boost::asio::ip::address_v4::loopback(), port});
        return one;
    }
};

BOOST_FIXTURE_TEST_SUITE(listener_idle, counted)

BOOST_AUTO_TEST_CASE(who_says_nothing_has_no_tls) {
    auto const before = tls_objects.load();
    std::vector<tcp::socket> silent;
    for (int i = 0; i < 50; ++i) {
        silent.push_back(this->silent());
    }
    // One that came after all of them is served: they were taken, too.
    {
        test::tls_client client(port, authority, "localhost");
        client.send(post("/x"));
        BOOST_TEST(is(client.receive(), "200", "POST /x 0"));
        BOOST_TEST(tls_objects.load() == before + 2); // its own, and the listener's
    }
    BOOST_TEST(test::eventually([&] { return tls_objects.load() == before; }));
    boost::asio::write(silent.front(), boost::asio::buffer("\x16", 1));
    BOOST_TEST(test::eventually([&] { return tls_objects.load() == before + 1; }));
}

BOOST_AUTO_TEST_CASE(bytes_before_tls_are_left_to_tls) {
    // A ClientHello that comes in two pieces, the first of one byte.
    auto one = silent();
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> const settings(SSL_CTX_new(TLS_client_method()),
                                                                SSL_CTX_free);
    std::unique_ptr<SSL, void (*)(SSL*)> const tls(SSL_new(settings.get()), SSL_free);
    SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BOOST_TEST(SSL_connect(tls.get()) == -1);
    char* bytes = nullptr;
    auto const size = static_cast<std::size_t>(BIO_get_mem_data(SSL_get_wbio(tls.get()), &bytes));
    BOOST_REQUIRE(size > 100U);
    boost::asio::write(one, boost::asio::buffer(bytes, 1));
    test::tls_client other(port, authority, "localhost");
    BOOST_TEST(other.connected());
    boost::asio::write(one, boost::asio::buffer(bytes + 1, size - 1));
    std::array<char, 5> record{};
    boost::asio::read(one, boost::asio::buffer(record));
    BOOST_TEST(record[0] == 0x16); // a handshake, as an answer
}

BOOST_AUTO_TEST_CASE(a_kept_connection_serves_again_after_any_number_of_others) {
    test::tls_client kept(port, authority, "localhost");
    for (int i = 0; i < 3; ++i) {
        kept.send(post("/known", "Content-Length: 20000\r\n", std::string(20'000, 'x')));
        BOOST_TEST(is(kept.receive(), "200", "POST /known 20000"));
        for (int j = 0; j < 5; ++j) {
            test::tls_client other(port, authority, "localhost");
            other.send(post("/y"));
            BOOST_TEST(is(other.receive(), "200", "POST /y 0"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_request_in_single_bytes_is_read) {
    test::tls_client client(port, authority, "localhost");
    for (char const one : post("/x", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")) {
        client.send(std::string(1, one));
    }
    BOOST_TEST(is(client.receive(), "200", "POST /x 3"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
