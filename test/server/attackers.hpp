#pragma once
// Those who keep a server from its agents: many connections that never stop, from two addresses,
// each of which says the same again and again. What they say, and whether they read the answers, is
// a value, so that an attack is a row of a table. The siege test has them; they verify nothing.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

namespace trafikito::test {

struct attack {
    std::size_t connections = 0;
    bool tls = true;
    std::string first = {}; ///< once on each connection
    std::string again = {}; ///< then at each of its turns
    bool reads = true;      ///< what the server answers
    bool leaves = false;    ///< for a new connection after each turn
    std::size_t turns = 1;  ///< of each, until it is under way
};

/// What a TLS client says first.
std::string client_hello();

/// The soft limit of descriptors becomes the hard one, also for children. Returns it.
std::size_t raise_descriptor_limit();

/// One connection of an attack. Whatever the server does to it is expected; no call waits longer
/// than two seconds.
class hostile_connection {
public:
    hostile_connection(unsigned short port, std::string const& source, attack const& what);
    ~hostile_connection();
    hostile_connection(hostile_connection const&) = delete;
    hostile_connection& operator=(hostile_connection const&) = delete;

    /// False when it is of no more use.
    bool take_turn();

private:
    struct freed {
        void operator()(SSL* session) const { SSL_free(session); }
    };
    enum class outcome : std::uint8_t { done, not_now, closed };

    [[nodiscard]] bool connect(unsigned short port, std::string const& source) const;
    bool shake_hands();
    void wait_at_most(long milliseconds) const;
    outcome send(std::string_view text);
    bool receive();
    [[nodiscard]] bool left_alone() const;

    attack const& what_;
    int socket_;
    std::unique_ptr<SSL, freed> session_;
    bool usable_ = false;
    bool began_ = false;
};

/// The attack, from its beginning to the end of its scope.
class siege {
public:
    siege(unsigned short port, attack what);
    ~siege();
    siege(siege const&) = delete;
    siege& operator=(siege const&) = delete;

    /// Every connection had its first turns.
    [[nodiscard]] bool under_way() const { return turns_ >= what_.connections * what_.turns; }

private:
    void run(unsigned short port, std::string const& source, std::size_t connections);

    attack what_;
    std::atomic<std::size_t> turns_{0};
    std::atomic<bool> over_{false};
    std::vector<std::thread> attackers_;
};

} // namespace trafikito::test
