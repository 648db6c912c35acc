#pragma once
// Enrolment tokens: what a machine may become a server with, for a while and a number of machines
// (doc/protocol.md, "Enrolment"). The store keeps a token's SHA-256 and never sees the token.
//
// Who enrols with one is pending until its first report. That one counts: so an installer that was
// interrupted costs no machine, and gets the same server again when it shows the nonce of before.

#include "base/wall_clock.hpp"
#include "server/security/secrets.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace trafikito::server::store {

/// Pending ones of a token beyond its machines: installers without a nonce that were interrupted.
inline constexpr std::int64_t spare_enrolments = 8;
/// A pending one that has not reported so long after its token's end is removed.
inline constexpr std::chrono::hours pending_grace{24};
/// Its list a machine may send so long after it was made, whatever its token's end.
inline constexpr std::chrono::hours commands_grace{1};
/// A token is remembered so long after its end, for an answer that says what became of it.
inline constexpr std::chrono::hours token_memory{24 * 30};
/// A clock that says so much less than when a token was made is another one: by it the token would
/// last longer than it may.
inline constexpr std::chrono::hours clock_tolerance{1};

struct enrolment_token {
    security::digest digest{};
    base::wall_time created;
    base::wall_time ends;
    std::int64_t machines = 1;
    std::optional<std::string> server_name; ///< what the machine is called, whatever it says
    std::optional<base::wall_time> revoked;
    std::int64_t counted = 0; ///< machines that have reported
    std::int64_t pending = 0; ///< and those that have not yet
};

enum class token_state : std::uint8_t { valid, expired, not_yet, used_up, revoked };

/// `not_yet`: by this clock it was not made yet.
token_state state_of(enrolment_token const& token, base::wall_time now);

struct enrolment_request {
    security::digest token{};
    std::optional<security::digest> nonce; ///< nothing: the installer has none
    std::string id;                        ///< of the server, if it is a new one
    std::string name;                      ///< unless the token has one
    security::digest key{};
};

/// One that a token made.
struct enrolled_server {
    std::string id;
    std::string name;
    std::optional<base::wall_time> reported; ///< for the first time
};

enum class enrolment_outcome : std::uint8_t {
    made,
    again, ///< the same server as before, with the new key
    unknown,
    expired,
    not_yet,
    used_up,
    revoked,
    too_many,     ///< that have not reported yet
    other_server, ///< the token did not make it, or it has reported already
};

} // namespace trafikito::server::store
