#pragma once
// Who may be connected, how much memory the bodies of their requests may claim, and who has to go
// when others wait for room. The listener asks it. It never touches a socket or a clock: whoever is
// to go is named, and the asker closes that connection.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace trafikito::server::http {

/// Names one connection for as long as the process runs: none is given twice.
using connection_id = std::uint64_t;

struct admission_limits {
    std::size_t max_connections;
    std::size_t max_bodies; ///< bytes that all bodies together may claim
    /// A connection awaited for less than this never has to go.
    std::chrono::milliseconds least_patience;
};

class admission {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Bodies up to this size are always taken: a server full of large ones still answers what is
    /// asked most.
    static constexpr std::size_t small_body = 64UL * 1024;

    struct verdict {
        bool granted = true;
        /// Who has to go so that a later question may be granted. The asker closes that connection
        /// and calls leave() once it has ended; until then nobody else is named.
        std::optional<connection_id> cut;
    };

    explicit admission(admission_limits limits);

    /// Whether one more connection may be taken. One above the limit may: it is somebody who asks
    /// now, for whom one that only lets us wait can go.
    verdict may_enter(time_point now);

    /// A connection was taken; it is awaited from now on. `peer` says who it is, for the log.
    connection_id enter(std::string peer, time_point now);
    /// The connection has ended. Its claim ends with it.
    void leave(connection_id id);

    /// It is the client's turn: for a handshake, a request, a body.
    void await(connection_id id, time_point now);
    /// It is the server's turn: nothing that the client does shortens it, so it cannot have to go.
    void received(connection_id id);

    /// Whether a request may hold a body of that many bytes in memory; its claim until release().
    /// When there is no room for it, only one that claims a large body itself has to go.
    verdict claim(connection_id id, std::size_t bytes, time_point now);
    void release(connection_id id);

    [[nodiscard]] std::string const& peer_of(connection_id id) const;

private:
    struct connection {
        std::string peer;
        time_point awaited_since;
        bool awaited = true;
        bool leaving = false; ///< was named in a verdict
        std::size_t claimed = 0;
    };
    std::optional<connection_id> cut_longest_awaited(std::size_t claims_at_least, time_point now);

    admission_limits limits_;
    std::map<connection_id, connection> connections_;
    connection_id next_id_ = 1;
    std::size_t claimed_ = 0;
};

} // namespace trafikito::server::http
