#include "server/http/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <new>
#include <utility>

namespace trafikito::server::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// What one connection may move before others have their turn: one that never stops would keep the
// thread for itself.
constexpr std::size_t one_turn = 64UL * 1024;

error_code last_error() {
    return {errno, boost::system::system_category()};
}

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int socket_of(BIO* from) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(from)));
}

// OpenSSL's own BIO writes without MSG_NOSIGNAL: a client that left would end the process.
BIO_METHOD* socket_method() {
    static BIO_METHOD* const method = [] {
        auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        BIO_meth_set_create(made, [](BIO* one) {
            BIO_set_init(one, 1);
            return 1;
        });
        BIO_meth_set_read(made, [](BIO* from, char* into, int size) {
            BIO_clear_retry_flags(from);
            auto const got = ::recv(socket_of(from), into, static_cast<std::size_t>(size), 0);
            if (got < 0 && would_block()) {
                BIO_set_retry_read(from);
            }
            return static_cast<int>(got);
        });
        BIO_meth_set_write(made, [](BIO* to, char const* bytes, int size) {
            BIO_clear_retry_flags(to);
            auto const sent =
                ::send(socket_of(to), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
            if (sent < 0 && would_block()) {
                BIO_set_retry_write(to);
            }
            return static_cast<int>(sent);
        });
        BIO_meth_set_ctrl(made, [](BIO* /*of*/, int what, long /*number*/, void* /*pointer*/) {
            return what == BIO_CTRL_FLUSH ? 1L : 0L;
        });
        return made;
    }();
    return method;
}

error_code error_of(SSL const* tls, int result) {
    auto const why = SSL_get_error(tls, result);
    if (why == SSL_ERROR_ZERO_RETURN) {
        return asio::error::eof;
    }
    if (why == SSL_ERROR_SSL) {
        return {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()};
    }
    return result == 0 || errno == 0 ? error_code(asio::error::eof) : last_error();
}

} // namespace

// What a timer that has run out still needs when the connection has gone.
struct transport::core : std::enable_shared_from_this<transport::core> {
    explicit core(tcp::socket from) : socket(std::move(from)), timer(socket.get_executor()) {}

    // Most steps end long before their time, and each has a later one than the step before: the
    // timer is left as it is, and looks when it runs out.
    void expires_at(clock::time_point when) {
        until = when;
        if (when < armed) {
            arm();
        }
    }
    void arm() {
        armed = until;
        timer.expires_at(until);
        timer.async_wait([self = shared_from_this()](error_code const& failed) {
            if (failed || self->closed) {
                return;
            }
            self->armed = clock::time_point::max();
            if (clock::now() >= self->until) {
                self->close();
            } else {
                self->arm();
            }
        });
    }
    void close() {
        closed = true;
        error_code ignored;
        socket.close(ignored);
        timer.cancel();
    }

    tcp::socket socket;
    asio::steady_timer timer;
    clock::time_point until = clock::time_point::max();
    clock::time_point armed = clock::time_point::max();
    bool closed = false;
};

void transport::freed::operator()(SSL* tls) const {
    SSL_free(tls);
}

transport::transport(tcp::socket socket) : core_(std::make_shared<core>(std::move(socket))) {
    error_code ignored;
    core_->socket.native_non_blocking(true, ignored);
    core_->socket.set_option(tcp::no_delay(true), ignored);
}

transport::~transport() {
    core_->close();
}

tcp::socket const& transport::socket() const {
    return core_->socket;
}

void transport::expires_at(clock::time_point when) {
    core_->expires_at(when);
}

void transport::close() {
    core_->close();
}

asio::awaitable<error_code> transport::wait_for_bytes() {
    if (core_->closed) {
        co_return asio::error::operation_aborted;
    }
    auto const done = co_await core_->socket.async_wait(tcp::socket::wait_read, as_result);
    co_return core_->closed ? error_code(asio::error::operation_aborted) : std::get<0>(done);
}

bool transport::has_bytes() const {
    return tls_ && SSL_has_pending(tls_.get()) == 1;
}

std::chrono::milliseconds transport::unread_for() const {
    tcp_info info{};
    socklen_t size = sizeof info;
    bool const known = !core_->closed && ::getsockopt(core_->socket.native_handle(), IPPROTO_TCP,
                                                      TCP_INFO, &info, &size) == 0;
    return std::chrono::milliseconds(known ? info.tcpi_last_data_recv : 0);
}

transport::read_result transport::peek(std::span<char> into) {
    if (core_->closed) {
        return {asio::error::operation_aborted, 0};
    }
    auto const got = ::recv(core_->socket.native_handle(), into.data(), into.size(), MSG_PEEK);
    if (got < 0) {
        return {would_block() ? error_code() : last_error(), 0};
    }
    return {got == 0 ? error_code(asio::error::eof) : error_code(), static_cast<std::size_t>(got)};
}

void transport::take(std::size_t size) {
    char scratch[512]; // NOLINT: is written to, and not read
    while (size != 0 && !core_->closed) {
        auto const some = size < sizeof scratch ? size : sizeof scratch;
        auto const got = ::recv(core_->socket.native_handle(), scratch, some, 0);
        if (got <= 0) {
            return;
        }
        size -= static_cast<std::size_t>(got);
    }
}

asio::awaitable<error_code> transport::accept_tls(SSL_CTX* context) {
    tls_.reset(SSL_new(context));
    BIO* const over = tls_ ? BIO_new(socket_method()) : nullptr;
    if (over == nullptr) {
        throw std::bad_alloc();
    }
    auto const number = static_cast<std::intptr_t>(core_->socket.native_handle());
    // A number where OpenSSL keeps a pointer: socket_of() reads it.
    BIO_set_data(over, reinterpret_cast<void*>(number)); // NOLINT(performance-no-int-to-ptr)
    SSL_set_bio(tls_.get(), over, over);
    SSL_set_accept_state(tls_.get());
    while (!core_->closed) {
        ERR_clear_error();
        int const result = SSL_do_handshake(tls_.get());
        if (result == 1) {
            co_return error_code();
        }
        auto const failed = co_await wait_for(result);
        if (failed) {
            co_return failed;
        }
    }
    co_return asio::error::operation_aborted;
}

asio::awaitable<error_code> transport::wait_for(int result) {
    auto const why = SSL_get_error(tls_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        co_return error_of(tls_.get(), result);
    }
    auto const what = why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
    moved_ = 0;
    auto const done = co_await core_->socket.async_wait(what, as_result);
    co_return std::get<0>(done);
}

asio::awaitable<void> transport::let_others_in() {
    moved_ = 0;
    co_await asio::post(core_->socket.get_executor(), as_result);
}

asio::awaitable<transport::read_result> transport::read(std::span<char> into) {
    if (moved_ >= one_turn) {
        co_await let_others_in();
    }
    while (!core_->closed) {
        ERR_clear_error();
        read_result got;
        int const result = SSL_read_ex(tls_.get(), into.data(), into.size(), &got.size);
        if (result == 1) {
            moved_ += got.size;
            co_return got;
        }
        got.failed = co_await wait_for(result);
        if (got.failed) {
            got.size = 0;
            co_return got;
        }
    }
    co_return read_result{asio::error::operation_aborted, 0};
}

asio::awaitable<error_code> transport::write(std::string_view bytes) {
    while (!bytes.empty()) {
        if (moved_ >= one_turn) {
            co_await let_others_in();
        }
        if (core_->closed) {
            co_return asio::error::operation_aborted;
        }
        ERR_clear_error();
        std::size_t sent = 0;
        int const result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent);
        if (result == 1) {
            bytes.remove_prefix(sent);
            moved_ += sent;
            continue;
        }
        auto const failed = co_await wait_for(result);
        if (failed) {
            co_return failed;
        }
    }
    co_return error_code();
}

asio::awaitable<void> transport::say_good_bye() {
    while (!core_->closed && SSL_is_init_finished(tls_.get()) == 1) {
        ERR_clear_error();
        int const result = SSL_shutdown(tls_.get());
        if (result >= 0 || SSL_get_error(tls_.get(), result) != SSL_ERROR_WANT_WRITE) {
            break;
        }
        auto const failed = co_await wait_for(result);
        if (failed) {
            break;
        }
    }
    error_code ignored;
    core_->socket.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> transport::drain(std::span<char> scratch) {
    while (!core_->closed) {
        auto const failed = co_await wait_for_bytes();
        if (failed) {
            break;
        }
        auto const got = ::recv(core_->socket.native_handle(), scratch.data(), scratch.size(), 0);
        if (got == 0 || (got < 0 && !would_block())) {
            break;
        }
    }
}

} // namespace trafikito::server::http
