#pragma once
// One connection of a machine of the load, as cheap as it can be made: TLS on the socket itself, a
// session that is resumed, requests that were made beforehand. Many of them share one thread with
// the clock of the load.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace trafikito::test::bench {

struct session_freed {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using session_ptr = std::unique_ptr<SSL_SESSION, session_freed>;

/// Verifies the server against one authority.
class load_tls {
public:
    explicit load_tls(std::filesystem::path const& authority);

    [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

private:
    struct freed {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    std::unique_ptr<SSL_CTX, freed> context_;
};

struct load_answer {
    int status = 0; ///< 0: none came
    std::string body;
    bool retry_after = false;
    bool closes = false; ///< the connection ends with it
};

class load_connection {
public:
    load_connection(boost::asio::any_io_executor const& executor, load_tls const& tls);

    /// Connects from that address and shakes hands, with the session when there is one.
    boost::asio::awaitable<bool> open(boost::asio::ip::address_v4 from,
                                      boost::asio::ip::tcp::endpoint to, SSL_SESSION* session);
    /// One request, whole; its answer, whole.
    boost::asio::awaitable<load_answer> ask(std::string_view request);
    /// Says good-bye without waiting for an answer to that.
    void close();
    /// Ends what is under way.
    void cut();

    /// Whether the other end has not closed it; what it says besides stays unread.
    [[nodiscard]] bool is_open() const;
    [[nodiscard]] bool resumed() const { return SSL_session_reused(tls_.get()) == 1; }
    /// The newest that the server gave; nothing when it gave none.
    session_ptr take_session() { return std::move(given_); }

private:
    friend class load_tls;
    struct freed {
        void operator()(SSL* tls) const { SSL_free(tls); }
    };
    boost::asio::awaitable<bool> wait_for(int result);
    boost::asio::awaitable<bool> read_more();

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<SSL, freed> tls_;
    session_ptr given_;
    std::string received_;
};

} // namespace trafikito::test::bench
