#pragma once
// Who asks for something under /api/v1: a person by the cookie of a session, or a program by a
// token. Plain values: gatekeeper.hpp finds out who it is.

#include "server/security/secrets.hpp"
#include "server/store/person.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace trafikito::server::people {

using role = store::person_role;

struct caller {
    enum class kind : std::uint8_t { nobody, person, program };

    kind what = kind::nobody;
    people::role role = people::role::reader;
    std::int64_t person = 0;             ///< of a person: its number
    std::string name;                    ///< of the person, or of the token
    security::digest credential{};       ///< SHA-256 of the cookie, or of the token
    std::optional<base::wall_time> ends; ///< of the session, unless it is used; of the token

    /// As whom the listener knows the connection.
    [[nodiscard]] std::string sender() const {
        switch (what) {
        case kind::person:
            return "person " + std::to_string(person);
        case kind::program:
            return "program " + name;
        case kind::nobody:
            break;
        }
        return "";
    }
};

} // namespace trafikito::server::people
