#pragma once
// Stands between an agent and its server and passes bytes on: sees when a connection comes, when
// its first request goes out, when the last answer comes back, how many bytes that took. It reads
// the heads of TLS records (RFC 8446, section 5.1), and nothing inside.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace trafikito::test::bench {

struct seen_connection {
    using time = std::chrono::steady_clock::time_point;
    time accepted;
    time first_request;
    time last_answer;
    long requests = 0; ///< times that the agent sent something and was answered
    long bytes_up = 0; ///< of TCP's payload, from the agent
    long bytes_down = 0;
    bool over = false; ///< closed by one of them
};

class relay {
public:
    /// To that port of 127.0.0.1. Works in a thread of its own until it goes.
    explicit relay(std::uint16_t to);
    ~relay();
    relay(relay const&) = delete;
    relay& operator=(relay const&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// All until now, in the order in which they came.
    [[nodiscard]] std::vector<seen_connection> seen() const;

private:
    class worker;
    void work();

    int listener_;
    int wake_;
    std::uint16_t port_ = 0;
    std::uint16_t to_;
    mutable std::mutex mutex_;
    std::vector<seen_connection> seen_;
    std::thread thread_;
};

} // namespace trafikito::test::bench
