#include "test/support/scripted_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <openssl/ssl.h>

#include <charconv>
#include <type_traits>

namespace trafikito::test {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;

std::size_t content_length(std::string const& head) {
    std::string const name = "\r\nContent-Length: ";
    auto const at = head.find(name);
    std::size_t length = 0;
    if (at != std::string::npos) {
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    }
    return length;
}

template <class Stream>
class conversation_over : public conversation {
public:
    explicit conversation_over(Stream& stream) : stream_(stream) {}

    asio::awaitable<std::string> read_request() override {
        auto const head = co_await asio::async_read_until(stream_, asio::dynamic_buffer(read_),
                                                          "\r\n\r\n", asio::use_awaitable);
        auto const whole = head + content_length(read_.substr(0, head));
        if (read_.size() < whole) {
            co_await asio::async_read(stream_, asio::dynamic_buffer(read_),
                                      asio::transfer_exactly(whole - read_.size()),
                                      asio::use_awaitable);
        }
        auto request = read_.substr(0, whole);
        read_.erase(0, whole);
        co_return request;
    }

    asio::awaitable<std::string> read_some() override {
        std::string bytes(4096, '\0');
        auto const size =
            co_await stream_.async_read_some(asio::buffer(bytes), asio::use_awaitable);
        bytes.resize(size);
        co_return bytes;
    }

    asio::awaitable<void> write(std::string bytes) override {
        co_await asio::async_write(stream_, asio::buffer(bytes), asio::use_awaitable);
    }

    asio::awaitable<void> shut_down() override {
        if constexpr (std::is_same_v<Stream, tls_stream>) {
            co_await stream_.async_shutdown(asio::as_tuple(asio::use_awaitable));
        } else {
            stream_.shutdown(tcp::socket::shutdown_send);
            co_return;
        }
    }

    void reset() override {
        boost::system::error_code ignored;
        stream_.lowest_layer().set_option(asio::socket_base::linger(true, 0), ignored);
        stream_.lowest_layer().close(ignored);
    }

    void renegotiate() override {
        if constexpr (std::is_same_v<Stream, tls_stream>) {
            ::SSL_renegotiate(stream_.native_handle());
        }
    }

private:
    Stream& stream_;
    std::string read_;
};

asio::ssl::context make_context(peer_settings const& settings) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.use_certificate_chain(asio::buffer(settings.tls->certificate));
    context.use_private_key(asio::buffer(settings.tls->key), asio::ssl::context::pem);
    if (settings.max_tls_version != 0) {
        ::SSL_CTX_set_cipher_list(context.native_handle(), "DEFAULT:@SECLEVEL=0");
        ::SSL_CTX_set_max_proto_version(context.native_handle(), settings.max_tls_version);
    }
    if (!settings.client_ca.empty()) {
        context.add_certificate_authority(asio::buffer(settings.client_ca));
        context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    }
    // Without it a server refuses to resume what came with a client certificate.
    ::SSL_CTX_set_session_id_context(context.native_handle(),
                                     reinterpret_cast<unsigned char const*>("test"), 4);
    return context;
}

} // namespace

struct scripted_peer::state : std::enable_shared_from_this<scripted_peer::state> {
    state(asio::io_context& context, script what, peer_settings wanted, std::uint16_t port)
        : acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
          says(std::move(what)), settings(std::move(wanted)) {
        if (settings.tls) {
            tls.emplace(make_context(settings));
        }
    }

    static asio::awaitable<void> accept(std::shared_ptr<state> self) {
        for (;;) {
            auto socket = co_await self->acceptor.async_accept(asio::use_awaitable);
            auto const number = ++self->connections;
            asio::co_spawn(self->acceptor.get_executor(), talk(self, std::move(socket), number),
                           // A client that hangs up ends a script: what a test expects it checks
                           // on the client's side.
                           asio::detached);
        }
    }

    static asio::awaitable<void> talk(std::shared_ptr<state> self, tcp::socket socket,
                                      unsigned number) {
        if (!self->tls) {
            conversation_over<tcp::socket> plain(socket);
            co_await self->says(plain, number);
            co_return;
        }
        if (!self->settings.shakes_hands) {
            conversation_over<tcp::socket> plain(socket);
            co_await plain.stay_silent();
            co_return;
        }
        tls_stream stream(std::move(socket), *self->tls);
        co_await stream.async_handshake(tls_stream::server, asio::use_awaitable);
        conversation_over<tls_stream> secure(stream);
        co_await self->says(secure, number);
    }

    tcp::acceptor acceptor;
    script says;
    peer_settings settings;
    std::optional<asio::ssl::context> tls;
    unsigned connections = 0;
};

asio::awaitable<void> conversation::stay_silent() {
    for (;;) {
        co_await read_some();
    }
}

scripted_peer::scripted_peer(asio::io_context& context, script what, peer_settings settings,
                             std::uint16_t port)
    : state_(std::make_shared<state>(context, std::move(what), std::move(settings), port)) {
    asio::co_spawn(context, state::accept(state_), asio::detached);
}

scripted_peer::~scripted_peer() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
}

std::uint16_t scripted_peer::port() const {
    return state_->acceptor.local_endpoint().port();
}

unsigned scripted_peer::connections() const {
    return state_->connections;
}

scripted_peer::script always(std::string answer) {
    return [answer = std::move(answer)](conversation& with, unsigned) -> asio::awaitable<void> {
        for (;;) {
            co_await with.read_request();
            co_await with.write(answer);
        }
    };
}

std::string ok_answer(std::string const& content) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" +
           content;
}

} // namespace trafikito::test
