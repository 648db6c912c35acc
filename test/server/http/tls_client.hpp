#pragma once
// A blocking TLS client over a plain socket: what a test sends reaches the server byte for byte. It
// verifies the server's certificate for a name or an address against one authority. Every wait ends
// after 10 s; a server that has gone ends a send or a receive, and not the test.

#include <openssl/ssl.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace trafikito::test {

class tls_client {
public:
    /// Connects to 127.0.0.1. connected() is false when the connection or the verification fails.
    tls_client(unsigned short port, std::filesystem::path const& authority, std::string const& name,
               int max_version = 0);
    ~tls_client();
    tls_client(tls_client const&) = delete;
    tls_client& operator=(tls_client const&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }
    bool send(std::string_view bytes);

    /// The next response (which must have a Content-Length, or be a 100), head and body; empty at
    /// the end.
    std::string receive();
    /// The next bytes, fewer only at the end.
    std::string receive_bytes(std::size_t size);
    /// What arrives until `text` does.
    std::string receive_until(std::string_view text);

private:
    struct freed {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
        void operator()(SSL* session) const { SSL_free(session); }
    };
    // OpenSSL writes without MSG_NOSIGNAL, an alert also while it reads.
    struct no_sigpipe {
        no_sigpipe() : before(std::signal(SIGPIPE, SIG_IGN)) {}
        ~no_sigpipe() { std::signal(SIGPIPE, before); }
        no_sigpipe(no_sigpipe const&) = delete;
        no_sigpipe& operator=(no_sigpipe const&) = delete;
        void (*before)(int);
    };
    bool read_more();

    no_sigpipe quiet_;
    int socket_ = -1;
    std::unique_ptr<SSL_CTX, freed> context_;
    std::unique_ptr<SSL, freed> session_;
    std::string received_;
    bool connected_ = false;
};

} // namespace trafikito::test
