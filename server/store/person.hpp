#pragma once
// People who look at the page, and programs that ask in their place: who they are, what they may,
// and by what they are known. The store keeps the SHA-256 of each secret and never sees one; of a
// password the text that libsodium makes of it.

#include "base/wall_clock.hpp"
#include "server/security/secrets.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::store {

inline constexpr std::size_t max_people = 256;
inline constexpr std::size_t max_sessions = 64; ///< of one person; the oldest gives way
inline constexpr std::size_t max_devices = 64;  ///< the same
inline constexpr std::size_t max_links = 16;    ///< the same
inline constexpr std::size_t max_api_tokens = 1024;
inline constexpr std::size_t longest_person_name = 64; ///< bytes; of a token's, too

/// A session ends so long after its last use, and after its beginning in any case.
inline constexpr std::chrono::hours session_idle{24};
inline constexpr std::chrono::hours session_life{24 * 7};
inline constexpr std::chrono::hours device_life{24 * 180};
inline constexpr std::chrono::hours link_life{1};             ///< of one that sets a password
inline constexpr std::chrono::minutes entering_link_life{10}; ///< of one that logs in
/// When something was used last is written down no more often.
inline constexpr std::chrono::minutes use_written{1};

enum class person_role : std::uint8_t { administrator, reader };

/// `administrator`, `reader`.
std::string_view word_of(person_role one);
std::optional<person_role> role_of(std::string_view word);

/// Plain text of 1 to 64 bytes in UTF-8 without a blank at its ends, that can stand in a path:
/// without a slash, and not only dots.
bool is_person_name(std::string_view name);

struct person {
    std::int64_t id = 0;
    std::string name;
    person_role role = person_role::reader;
    std::optional<std::string> password; ///< its hash; nothing: none was set yet
    base::wall_time created;
    std::optional<base::wall_time> seen; ///< by a session that has not ended
};

/// A browser that is logged in.
struct session {
    security::digest digest{};
    std::int64_t person = 0;
    std::string name; ///< of the person, and his role
    person_role role = person_role::reader;
    base::wall_time made;
    base::wall_time seen;
    base::wall_time ends;
};

/// Neither ended nor idle for too long; nor made in the future of this clock, by which it would
/// last for longer than it may.
bool is_live(session const& one, base::wall_time now);
/// When it ends unless it is used.
base::wall_time end_of(session const& one);

/// What logs in once without a password, to set one, or for good.
struct link {
    security::digest digest{};
    std::int64_t person = 0;
    std::string name; ///< of the person, and his role
    person_role role = person_role::reader;
    bool enters = false; ///< it logs in; else it sets a password
    base::wall_time ends;
};

/// What a program shows.
struct api_token {
    security::digest digest{};
    std::string id; ///< that people call it by: 8 hexadecimal digits
    std::string name;
    person_role role = person_role::reader;
    base::wall_time created;
    std::optional<base::wall_time> ends; ///< nothing: never
    std::optional<base::wall_time> used;
};

bool is_live(api_token const& one, base::wall_time now);

enum class removal : std::uint8_t {
    removed,
    unknown,
    last_administrator, ///< nothing changed: nobody could look after the others
};

} // namespace trafikito::server::store
