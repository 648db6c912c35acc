#include "server/store/postgres_schema.hpp"

#include "server/store/postgres_tables.hpp"

#include <array>
#include <string>

namespace trafikito::server::store {

namespace {

// One entry for each version behind the first, in order. One that was released is never edited.
constexpr std::array later_versions{&postgres_people_and_values};

bool says_yes(database::postgres& database, std::string_view query) {
    auto answer = database.prepare(query);
    return answer.step() && answer.number_at(0) != 0;
}

[[noreturn]] void refuse(database::postgres const& database, std::string const& why) {
    throw database::error("the database " + database.shown() + " cannot be used: " + why);
}

void require_fitting(database::postgres& database) {
    auto about = database.prepare(
        "SELECT CAST(current_setting('server_encoding') AS TEXT), CAST(current_schema() AS TEXT)");
    about.step();
    if (about.bytes_at(0) != "UTF8") {
        refuse(database, "its texts are encoded as " + about.bytes_at(0) +
                             " (make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE "
                             "template0)");
    }
    if (about.null_at(1)) {
        refuse(database,
               "there is no schema in it where this user's tables would be (search_path)");
    }
}

// What is known by its name alone (to_regclass) may be known from before a lock was waited for.
#define TRAFIKITO_TABLES                                                                           \
    "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND "                \
    "pg_table_is_visible(oid) AND relname IN "
constexpr std::string_view version_tables = TRAFIKITO_TABLES "('trafikito_schema')";
constexpr std::string_view tables_of_these_names = TRAFIKITO_TABLES
    "('servers', 'calls', 'reports', 'report_keys', 'blocks', 'feedback', 'removed_servers', "
    "'facts', 'enrolment_tokens', 'enrolments', 'refusals', 'kept_days', 'roster_version', "
    "'roster_changes', 'people', 'sessions', 'devices', 'links', 'api_tokens', 'series', "
    "'fresh_values', 'value_blocks')";
#undef TRAFIKITO_TABLES

/// 0: it has none of our tables.
int version_of(database::postgres& database) {
    if (!says_yes(database, version_tables)) {
        if (says_yes(database, tables_of_these_names)) {
            refuse(database, "another program made tables of the same names in it (give "
                             "trafikito-server a database of its own)");
        }
        return 0;
    }
    auto query = database.prepare("SELECT version FROM trafikito_schema");
    auto const found = query.step() ? static_cast<int>(query.number_at(0)) : 0;
    if (found == 0) {
        refuse(database, "its table trafikito_schema is empty");
    }
    if (found > postgres_schema_version()) {
        throw database::error("the database was written by a newer trafikito-server (schema " +
                              std::to_string(found) + ", this one knows " +
                              std::to_string(postgres_schema_version()) +
                              "): upgrade this program");
    }
    return found;
}

} // namespace

int postgres_schema_version() {
    return postgres_tables_version + static_cast<int>(later_versions.size());
}

// It holds all: of several processes that start at once, one makes the tables, and the others find
// them.
void make_tables(database::postgres& database) {
    require_fitting(database);
    if (version_of(database) == postgres_schema_version()) {
        return;
    }
    database::transaction change(database);
    auto found = version_of(database);
    if (found == 0) {
        database.run_script(postgres_tables);
        database.run_script(postgres_functions);
        found = postgres_tables_version;
        database.run_script("INSERT INTO trafikito_schema (version) VALUES (" +
                            std::to_string(found) + ")");
    }
    for (; found < postgres_schema_version(); ++found) {
        database.run_script(
            *later_versions.at(static_cast<std::size_t>(found - postgres_tables_version)));
    }
    database.run_script("UPDATE trafikito_schema SET version = " + std::to_string(found));
    change.commit();
}

int usable_version(database::postgres& database) {
    require_fitting(database);
    auto const found = version_of(database);
    if (!says_yes(database,
                  "SELECT CAST(has_schema_privilege(current_schema(), 'CREATE') AS INT)")) {
        refuse(database, "this user may make no tables in it: the user of the address must own the "
                         "database");
    }
    return found;
}

void require_current(database::postgres& database) {
    require_fitting(database);
    auto const found = version_of(database);
    if (found < postgres_schema_version()) {
        throw database::error(
            found == 0
                ? "there are no servers in the database " + database.shown() +
                      " yet: run `trafikito-server serve` once, it makes its tables"
                : "the database is of an older trafikito-server (schema " + std::to_string(found) +
                      "): run `trafikito-server serve` once, it upgrades it");
    }
}

} // namespace trafikito::server::store
