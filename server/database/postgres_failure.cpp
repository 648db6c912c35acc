#include "server/database/postgres_failure.hpp"

#include "base/ascii.hpp"
#include "server/database/connection.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace trafikito::server::database {

namespace {

namespace sqlstate {
constexpr std::string_view disk_full = "53100";
constexpr std::string_view lock_not_available = "55P03";
constexpr std::string_view deadlock = "40P01";
constexpr std::string_view not_serializable = "40001";
constexpr std::string_view query_canceled = "57014"; ///< by statement_timeout
constexpr std::string_view read_only_session = "25006";
constexpr std::string_view data_corrupted = "XX001";
constexpr std::string_view index_corrupted = "XX002";
constexpr std::string_view no_privilege = "42501";
} // namespace sqlstate

bool is_busy(std::string_view state) {
    return state == sqlstate::lock_not_available || state == sqlstate::deadlock ||
           state == sqlstate::not_serializable || state == sqlstate::query_canceled;
}

/// Shutting down, starting, no connection (57P.., 08...), or idle within a transaction for longer
/// than we ever are: as when this process stood still.
bool is_away(std::string_view state) {
    return state.starts_with("57P") || state.starts_with("08") || state == "25P03";
}

} // namespace

std::string_view one_line(char const* text) {
    std::string_view const all = text == nullptr ? "" : text;
    return base::trim_white_space(all.substr(0, all.find('\n')));
}

void fail_as(std::string_view state, std::string_view words) {
    auto const what = "the database refused: " + std::string(words);
    // Of a quota PostgreSQL says that it is an internal error.
    if (state == sqlstate::disk_full || words.find("quota exceeded") != std::string_view::npos) {
        throw full(what + " (free some room where PostgreSQL keeps its data)");
    }
    if (is_busy(state)) {
        throw busy(what + " (somebody else has a change of it under way, perhaps a transaction in "
                          "a psql that nobody ended)");
    }
    if (state == sqlstate::data_corrupted || state == sqlstate::index_corrupted) {
        throw damaged(what + " (PostgreSQL's own log says more; what it holds is restored from a "
                             "backup)");
    }
    if (is_away(state)) {
        throw away(what);
    }
    if (state == sqlstate::no_privilege) {
        throw error(what + " (the user of the address must own the database, or its tables)");
    }
    if (state == sqlstate::read_only_session) {
        throw error(what + " (it was opened to be read, or it is a standby)");
    }
    throw error(what);
}

} // namespace trafikito::server::database
