#pragma once
// One connection's bytes: as they are until TLS begins, then through TLS, and how long each step
// may take. OpenSSL reads and writes the socket itself: no bytes lie between the two, and a
// connection that waits holds no buffer, neither OpenSSL's nor ours. Only a session uses it.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace trafikito::server::http {

class transport {
public:
    using clock = std::chrono::steady_clock;
    using error_code = boost::system::error_code;

    /// `eof` is asio's: the other end has said or shown that nothing more comes.
    struct read_result {
        error_code failed;
        std::size_t size = 0;
    };

    explicit transport(boost::asio::ip::tcp::socket socket);
    ~transport();
    transport(transport const&) = delete;
    transport& operator=(transport const&) = delete;

    [[nodiscard]] boost::asio::ip::tcp::socket const& socket() const;

    /// Until then what is under way, and all that follows, may take; the connection is closed.
    void expires_at(clock::time_point when);
    void expires_after(clock::duration time) { expires_at(clock::now() + time); }

    /// Whatever is under way ends with an error.
    void close();

    /// Until something can be read, or has failed.
    boost::asio::awaitable<error_code> wait_for_bytes();
    /// Whether there are some already.
    [[nodiscard]] bool has_bytes() const;
    /// How long ago the newest of its bytes came, whether read or not.
    [[nodiscard]] std::chrono::milliseconds unread_for() const;

    /// What has come before TLS; it stays there until take().
    read_result peek(std::span<char> into);
    void take(std::size_t size);

    /// Makes what TLS needs, and shakes hands.
    boost::asio::awaitable<error_code> accept_tls(SSL_CTX* context);
    [[nodiscard]] bool has_tls() const { return tls_ != nullptr; }

    /// Some bytes; at most one record of TLS.
    boost::asio::awaitable<read_result> read(std::span<char> into);
    /// All of them.
    boost::asio::awaitable<error_code> write(std::string_view bytes);

    /// Says TLS's good-bye, and that nothing more comes.
    boost::asio::awaitable<void> say_good_bye();
    /// Takes in what is still on its way, until the other end has closed.
    boost::asio::awaitable<void> drain(std::span<char> scratch);

private:
    struct core;
    struct freed {
        void operator()(SSL* tls) const;
    };
    boost::asio::awaitable<error_code> wait_for(int result);
    boost::asio::awaitable<void> let_others_in();

    std::shared_ptr<core> core_;
    std::unique_ptr<SSL, freed> tls_;
    std::size_t moved_ = 0; ///< bytes since it waited last
};

} // namespace trafikito::server::http
