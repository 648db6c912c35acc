#include "test/bench/load_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>

#include <array>
#include <charconv>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>

namespace trafikito::test::bench {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::string_view header_in(std::string_view head, std::string_view name) {
    auto const at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string_view::npos) {
        return {};
    }
    auto const from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
}

std::size_t number_in(std::string_view text) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

load_tls::load_tls(std::filesystem::path const& authority)
    : context_(SSL_CTX_new(TLS_client_method())) {
    if (!context_ ||
        SSL_CTX_load_verify_locations(context_.get(), authority.c_str(), nullptr) != 1) {
        throw std::runtime_error("cannot use " + authority.string());
    }
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context_.get(), 1);
    SSL_CTX_set_session_cache_mode(context_.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_.get(), [](SSL* tls, SSL_SESSION* session) {
        static_cast<load_connection*>(SSL_get_app_data(tls))->given_.reset(session);
        return 1; // ours from now on
    });
}

load_connection::load_connection(asio::any_io_executor const& executor, load_tls const& tls)
    : socket_(executor), tls_(SSL_new(tls.get())) {
    SSL_set_app_data(tls_.get(), this);
}

asio::awaitable<bool> load_connection::open(asio::ip::address_v4 from, tcp::endpoint to,
                                            SSL_SESSION* session) {
    boost::system::error_code failed;
    socket_.open(tcp::v4(), failed);
    // The port is chosen with the connection: of one address there are too few for all of them.
    int const yes = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    socket_.bind({from, 0}, failed);
    auto const connected = co_await socket_.async_connect(to, as_result);
    if (std::get<0>(connected)) {
        co_return false;
    }
    socket_.set_option(tcp::no_delay(true), failed);
    socket_.native_non_blocking(true, failed);
    SSL_set_fd(tls_.get(), socket_.native_handle());
    if (session != nullptr) {
        SSL_set_session(tls_.get(), session);
    }
    while (true) {
        ERR_clear_error();
        int const result = SSL_connect(tls_.get());
        if (result == 1) {
            co_return true;
        }
        bool const again = co_await wait_for(result);
        if (!again) {
            co_return false;
        }
    }
}

asio::awaitable<bool> load_connection::wait_for(int result) {
    auto const why = SSL_get_error(tls_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        co_return false;
    }
    auto const what = why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
    auto const done = co_await socket_.async_wait(what, as_result);
    co_return !std::get<0>(done);
}

asio::awaitable<bool> load_connection::read_more() {
    std::array<char, 4096> bytes; // NOLINT: is filled below
    while (true) {
        ERR_clear_error();
        std::size_t size = 0;
        int const result = SSL_read_ex(tls_.get(), bytes.data(), bytes.size(), &size);
        if (result == 1) {
            received_.append(bytes.data(), size);
            co_return true;
        }
        bool const again = co_await wait_for(result);
        if (!again) {
            co_return false;
        }
    }
}

asio::awaitable<load_answer> load_connection::ask(std::string_view request) {
    load_answer answer;
    bool well = true;
    while (!request.empty() && well) {
        ERR_clear_error();
        std::size_t size = 0;
        int const result = SSL_write_ex(tls_.get(), request.data(), request.size(), &size);
        if (result == 1) {
            request.remove_prefix(size);
        } else {
            well = co_await wait_for(result);
        }
    }
    // Also of one that was not taken whole: the server may have refused it meanwhile.
    std::size_t head = std::string::npos;
    while ((head = received_.find("\r\n\r\n")) == std::string::npos) {
        bool const more = co_await read_more();
        if (!more) {
            co_return answer;
        }
    }
    auto const length =
        number_in(header_in(std::string_view(received_).substr(0, head + 2), "Content-Length"));
    while (received_.size() < head + 4 + length) {
        bool const more = co_await read_more();
        if (!more) {
            co_return answer;
        }
    }
    auto const text = std::string_view(received_).substr(0, head + 2);
    answer.status = static_cast<int>(number_in(text.substr(9, 3)));
    answer.retry_after = !header_in(text, "Retry-After").empty();
    answer.closes = header_in(text, "Connection") == "close" || !well;
    answer.body = received_.substr(head + 4, length);
    received_.erase(0, head + 4 + length);
    co_return answer;
}

void load_connection::close() {
    ERR_clear_error();
    if (SSL_is_init_finished(tls_.get()) == 1) {
        SSL_shutdown(tls_.get());
    }
    // What ends without the other's good-bye could not be resumed, as OpenSSL has it.
    SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    cut();
}

bool load_connection::is_open() const {
    pollfd look{const_cast<tcp::socket&>(socket_).native_handle(), POLLRDHUP, 0};
    return ::poll(&look, 1, 0) == 0;
}

void load_connection::cut() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

} // namespace trafikito::test::bench
