#pragma once
// One thing that was sent to PostgreSQL, and what came of it. For postgres.cpp and
// postgres_session.cpp.

#include "server/database/postgres.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string>

namespace trafikito::server::database {

struct postgres::pending {
    enum class kind : std::uint8_t { statement, preparation, sync };
    kind what = kind::statement;
    std::unique_ptr<PGresult, decltype(&PQclear)> result{nullptr, &PQclear};
    bool done = false;
    std::string lost; ///< why it never got one
    std::string name; ///< that is prepared

    [[nodiscard]] bool failed() const {
        if (!lost.empty()) {
            return true;
        }
        auto const status = PQresultStatus(result.get());
        return done && what != kind::sync && status != PGRES_COMMAND_OK &&
               status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY; // a comment alone
    }
};

} // namespace trafikito::server::database
