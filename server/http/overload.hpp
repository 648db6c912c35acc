#pragma once
// What happens when more comes than one thread can answer. Who has spoken waits at the door, and a
// few begin in each turn of the thread, so that who has begun is soon done, however many come. Who
// has waited there in vain is turned away: some by an answer, for which TLS has to be made, and
// with it half of what serving them would take; the others are closed. A kept connection's request
// that lay unread for too long gets the answer at once. The listener, its sessions and exchanges
// ask. No clock, no socket.

#include <chrono>
#include <cstdint>

namespace trafikito::server::http {

class overload {
public:
    /// In one turn of the thread.
    static constexpr int begin_at_once = 16;
    /// Of who waits at the door while there are seats.
    static constexpr std::chrono::milliseconds patience{300};
    /// A request that lay unread for longer is answered by 503: who sent it hears that within a
    /// second.
    static constexpr std::chrono::milliseconds late{750};

    /// One began that is to be served.
    void began();
    /// Whether one that is turned away is told so by an answer: each asks once.
    bool tells_one();

    /// In seconds, for Retry-After: not the same for all, or all would come back at once.
    unsigned pause();

private:
    int credit_ = 0;
    std::uint32_t pauses_ = 0;
};

} // namespace trafikito::server::http
