#include "test/server/attackers.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace trafikito::test {

namespace {

constexpr long patient = 2000;  ///< milliseconds to connect and for a handshake
constexpr long impatient = 100; ///< milliseconds for everything else

SSL_CTX* any_server() {
    static std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context = [] {
        auto* const made = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_mode(made, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        return std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>(made, SSL_CTX_free);
    }();
    return context.get();
}

::sockaddr_in address_of(std::string const& text, unsigned short port) {
    ::sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    ::inet_pton(AF_INET, text.c_str(), &where.sin_addr);
    return where;
}

} // namespace

std::string client_hello() {
    std::unique_ptr<SSL, decltype(&SSL_free)> const session(SSL_new(any_server()), SSL_free);
    auto* const out = BIO_new(BIO_s_mem()); // the session owns both
    SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), out);
    SSL_connect(session.get());
    char* bytes = nullptr;
    auto const size = BIO_get_mem_data(out, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::size_t raise_descriptor_limit() {
    ::rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

hostile_connection::hostile_connection(unsigned short port, std::string const& source,
                                       attack const& what)
    : what_(what), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    wait_at_most(patient);
    usable_ = connect(port, source) && (!what_.tls || shake_hands());
    wait_at_most(impatient);
}

hostile_connection::~hostile_connection() {
    session_.reset();
    ::close(socket_);
}

bool hostile_connection::connect(unsigned short port, std::string const& source) const {
    auto const from = address_of(source, 0);
    auto const to = address_of("127.0.0.1", port);
    return ::bind(socket_, reinterpret_cast<::sockaddr const*>(&from), sizeof from) == 0 &&
           ::connect(socket_, reinterpret_cast<::sockaddr const*>(&to), sizeof to) == 0;
}

bool hostile_connection::shake_hands() {
    session_.reset(SSL_new(any_server()));
    SSL_set_fd(session_.get(), socket_);
    return SSL_connect(session_.get()) == 1;
}

void hostile_connection::wait_at_most(long milliseconds) const {
    ::timeval const limit{milliseconds / 1000, milliseconds % 1000 * 1000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

hostile_connection::outcome hostile_connection::send(std::string_view text) {
    if (text.empty()) {
        return outcome::done;
    }
    if (!session_) {
        return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) > 0 ? outcome::done
                                                                           : outcome::closed;
    }
    int const sent = SSL_write(session_.get(), text.data(), static_cast<int>(text.size()));
    if (sent > 0) {
        return outcome::done;
    }
    return SSL_get_error(session_.get(), sent) == SSL_ERROR_WANT_WRITE ? outcome::not_now
                                                                       : outcome::closed;
}

bool hostile_connection::receive() {
    std::array<char, 4096> bytes{};
    if (!session_) {
        return ::recv(socket_, bytes.data(), bytes.size(), 0) != 0;
    }
    int const size = SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    return size > 0 || SSL_get_error(session_.get(), size) == SSL_ERROR_WANT_READ;
}

bool hostile_connection::left_alone() const {
    ::pollfd peer{socket_, POLLRDHUP, 0};
    return ::poll(&peer, 1, 0) == 0;
}

bool hostile_connection::take_turn() {
    if (!usable_ || !left_alone()) {
        return false;
    }
    // What found no room is tried again as it was, as OpenSSL demands.
    auto const& text = began_ ? what_.again : what_.first;
    auto const sent = send(text);
    if (sent == outcome::closed) {
        return false;
    }
    began_ = began_ || sent == outcome::done;
    bool const answered = !what_.reads || text.empty() || receive();
    return answered && !what_.leaves;
}

siege::siege(unsigned short port, attack what) : what_(std::move(what)) {
    for (auto const* source : {"127.0.0.1", "127.0.0.2"}) {
        attackers_.emplace_back(
            [this, port, source] { run(port, source, (what_.connections + 1) / 2); });
    }
}

siege::~siege() {
    over_ = true;
    for (auto& each : attackers_) {
        each.join();
    }
}

void siege::run(unsigned short port, std::string const& source, std::size_t connections) {
    std::vector<std::unique_ptr<hostile_connection>> held(connections);
    while (!over_) {
        for (auto& each : held) {
            if (over_) {
                return;
            }
            if (!each) {
                each = std::make_unique<hostile_connection>(port, source, what_);
            }
            if (!each->take_turn()) {
                each.reset();
            }
            ++turns_;
        }
    }
}

} // namespace trafikito::test
