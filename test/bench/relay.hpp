#pragma once
// Stands between an agent and its server and passes bytes on: sees each request and its answer,
// when and how many bytes, and whether a connection was made for it. It reads the heads of TLS
// records (RFC 8446, section 5.1), and nothing inside.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace trafikito::test::bench {

/// The agent sent something, and was answered.
struct seen_exchange {
    using time = std::chrono::steady_clock::time_point;
    bool connected = false; ///< the first of a connection; its handshake is counted here
    time begun;             ///< the connection, or the first byte of the request
    time asked;             ///< the first byte of the request
    time answered;          ///< the last byte of the answer; none until it has come
    long bytes_up = 0;      ///< of TCP's payload, from the agent
    long bytes_down = 0;
};

class relay {
public:
    /// To that port of 127.0.0.1. Works in a thread of its own until it goes.
    explicit relay(std::uint16_t to);
    ~relay();
    relay(relay const&) = delete;
    relay& operator=(relay const&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// All that were answered until now, in the order in which they began.
    [[nodiscard]] std::vector<seen_exchange> seen() const;

private:
    class worker;
    void work();

    int listener_;
    int wake_;
    std::uint16_t port_ = 0;
    std::uint16_t to_;
    mutable std::mutex mutex_;
    std::vector<seen_exchange> seen_;
    std::thread thread_;
};

} // namespace trafikito::test::bench
