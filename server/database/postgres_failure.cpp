#include "server/database/postgres_failure.hpp"

#include "base/ascii.hpp"
#include "base/shell_quoting.hpp"
#include "server/database/connection.hpp"

#include <libpq-fe.h>

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
constexpr std::string_view wrong_password = "28P01";
constexpr std::string_view not_let_in = "28000"; ///< by pg_hba.conf, or there is no such user
constexpr std::string_view no_such_database = "3D000";
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

/// `FATAL:  3D000: database "x" does not exist`, behind where it came from.
struct refused_login {
    std::string_view state;
    std::string_view words;
};

refused_login login_in(std::string_view message) {
    constexpr std::string_view before = ":  ";
    constexpr std::size_t length = 5;
    auto const is_code = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    for (auto at = message.find(before); at != std::string_view::npos;
         at = message.find(before, at + 1)) {
        auto const rest = message.substr(at + before.size());
        auto const state = rest.substr(0, length);
        if (std::ranges::all_of(state, is_code) && rest.substr(state.size()).starts_with(": ")) {
            auto const words = rest.substr(length + 2);
            return {state, base::trim_white_space(words.substr(0, words.find('\n')))};
        }
    }
    return {};
}

/// Empty where time may mend it.
std::string mend_of_login(std::string_view state, std::string const& user,
                          std::string const& database) {
    if (state == sqlstate::no_such_database) {
        return "as PostgreSQL's administrator make it: `createdb -O " + base::shell_quoted(user) +
               ' ' + base::shell_quoted(database) + '`';
    }
    if (state == sqlstate::wrong_password) {
        return "it stands in the address in TRAFIKITO_DATABASE, in PGPASSWORD, or in the file "
               "~/.pgpass";
    }
    if (state == sqlstate::not_let_in) {
        return "as PostgreSQL's administrator let this user in: pg_hba.conf says who may come "
               "from where, and `createuser -P " +
               base::shell_quoted(user) + "` makes one that is not there";
    }
    if (state == sqlstate::no_privilege) {
        return "as PostgreSQL's administrator: GRANT CONNECT ON DATABASE, or ALTER DATABASE … "
               "OWNER TO this user, who must own it, or its tables";
    }
    return {};
}

std::string text_of(char const* text) {
    return text == nullptr ? "" : text;
}

} // namespace

login_failure failure_of_login(pg_conn* failed) {
    auto const user = text_of(PQuser(failed));
    if (PQconnectionNeedsPassword(failed) == 1) {
        return {.refused = true,
                .words = "it wants a password, and none is given for the user " + user +
                         " (put it into PGPASSWORD, into the file ~/.pgpass, which nobody else "
                         "may read, or into the address in TRAFIKITO_DATABASE)"};
    }
    auto const message = text_of(PQerrorMessage(failed));
    auto const found = login_in(message);
    if (found.state.empty()) {
        return {.refused = false, .words = std::string(one_line(message.c_str()))};
    }
    auto const mend = mend_of_login(found.state, user, text_of(PQdb(failed)));
    return {.refused = !mend.empty(),
            .words = std::string(found.words) + (mend.empty() ? "" : " (" + mend + ')')};
}

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
