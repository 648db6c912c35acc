#include "server/store/sqlite_schema.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace trafikito::server::store {

namespace {

// The oldest version that is changed in place; what is older is written anew (sqlite_upgrade.cpp).
constexpr int first_version = 7;

// The tables of that version, and then an entry for each later one, in order. An entry that was
// released is never edited: add the next one. Times are milliseconds since 1970 UTC.
constexpr std::array migrations{
    // 7: a report is one row, and what is older lies packed in blocks (server/archive). What makes
    // it count once stands apart, and outlives it
    R"sql(
CREATE TABLE servers (
    id             TEXT PRIMARY KEY NOT NULL,
    name           TEXT NOT NULL,
    key_digest     BLOB NOT NULL UNIQUE,       -- SHA-256 of the api key
    created_at     INTEGER NOT NULL,
    os             TEXT NOT NULL DEFAULT '',
    os_codename    TEXT NOT NULL DEFAULT '',
    os_release     TEXT NOT NULL DEFAULT '',
    centos_flavor  TEXT NOT NULL DEFAULT '',
    available      BLOB NOT NULL DEFAULT x'',  -- valid lines of its available_commands.sh
    wanted         TEXT,                       -- names, comma-separated; NULL: all that are available
    delay          INTEGER NOT NULL DEFAULT 0, -- seconds
    last_order_at  INTEGER,
    last_report_at INTEGER,
    last_data_at   INTEGER,                    -- the newest data of any report
    several_machines_at    INTEGER,            -- a machine and its copy, last noticed; NULL: never
    several_machines_times INTEGER NOT NULL DEFAULT 0,
    last_address    TEXT NOT NULL DEFAULT '',  -- without its port
    agent           TEXT NOT NULL DEFAULT '',  -- its program and version
    report_interval INTEGER,                   -- seconds, as it says; NULL: not
    kept_bytes      INTEGER NOT NULL DEFAULT 0, -- of its reports and blocks together
    quota_reached_at INTEGER,                  -- when its oldest last gave way
    place_at        INTEGER NOT NULL DEFAULT 0 -- the last place of its reports
);
CREATE TABLE calls (                           -- call tokens of v1
    id        INTEGER PRIMARY KEY,
    token     TEXT UNIQUE NOT NULL,
    server_id TEXT NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    given_at  INTEGER NOT NULL
);
CREATE INDEX calls_by_time ON calls(given_at);
CREATE INDEX calls_by_server ON calls(server_id, id);
CREATE TABLE reports (                         -- those that are not packed
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id    TEXT NOT NULL,
    received_at  INTEGER NOT NULL,
    data_at      INTEGER NOT NULL,             -- its place among the server's reports
    kept_since   INTEGER NOT NULL,             -- by the believed clock
    collected_at INTEGER,                      -- of a late report; NULL: on arrival
    took         INTEGER,                      -- seconds of the agent's last cycle (v2)
    token        TEXT,                         -- v1's call token; NULL: v2, or another report has it
    report_id    TEXT,                         -- the agent's; NULL: it gave none
    bytes        INTEGER NOT NULL,             -- what it counts for
    body         BLOB NOT NULL                 -- archive/report_body.hpp
);
CREATE INDEX reports_by_place ON reports(server_id, data_at, id);
CREATE TABLE report_keys (                     -- of reports that came (report_keys.hpp)
    key    BLOB PRIMARY KEY NOT NULL,
    day    INTEGER NOT NULL,                   -- since 1970, by the believed clock
    has_id INTEGER NOT NULL                    -- the report has an id, beside this token
) WITHOUT ROWID;
CREATE INDEX report_keys_by_day ON report_keys(day);
CREATE TABLE blocks (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id  TEXT NOT NULL,
    first_at   INTEGER NOT NULL,               -- places of its reports
    last_at    INTEGER NOT NULL,
    first_id   INTEGER NOT NULL,               -- their numbers
    last_id    INTEGER NOT NULL,
    kept_since INTEGER NOT NULL,               -- of the newest
    reports    INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,               -- what it counts for
    body       BLOB NOT NULL                   -- archive/report_block.hpp
);
CREATE INDEX blocks_by_place ON blocks(server_id, last_at);
CREATE INDEX blocks_by_number ON blocks(last_id, first_id);
CREATE INDEX blocks_by_kept_since ON blocks(kept_since, reports, bytes, server_id); -- alone enough to add up
CREATE TABLE feedback (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id   TEXT NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    received_at INTEGER NOT NULL,
    code        TEXT NOT NULL,
    message     BLOB NOT NULL,
    details     BLOB NOT NULL
);
CREATE INDEX feedback_by_time ON feedback(received_at);
CREATE INDEX feedback_by_code ON feedback(server_id, code, received_at);
CREATE TABLE removed_servers (                 -- whose agents are told to stop
    id         TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    key_digest BLOB NOT NULL UNIQUE,
    removed_at INTEGER NOT NULL
);
CREATE TABLE facts (                           -- of the store itself
    name  TEXT PRIMARY KEY NOT NULL,           -- 'believed_time': milliseconds since 1970 UTC
    value INTEGER NOT NULL
);
CREATE TABLE enrolment_tokens (
    digest      BLOB PRIMARY KEY NOT NULL,     -- SHA-256 of the token
    created_at  INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    machines    INTEGER NOT NULL,              -- that may be enrolled with it
    server_name TEXT,                          -- what the machine is called; NULL: as it says
    revoked_at  INTEGER
);
CREATE TABLE enrolments (
    server_id    TEXT PRIMARY KEY NOT NULL,    -- the server may be gone: its machine counts on
    token_digest BLOB NOT NULL REFERENCES enrolment_tokens(digest) ON DELETE CASCADE,
    nonce_digest BLOB,                         -- of the installer; NULL: it has none, or has done
    made_at      INTEGER NOT NULL,
    counted_at   INTEGER,                      -- its first report; NULL: none yet
    UNIQUE (token_digest, nonce_digest)
);
CREATE INDEX enrolments_by_token ON enrolments(token_digest, counted_at);
CREATE TABLE refusals (
    about    INTEGER NOT NULL,                 -- 0 a server, 1 an id that no server has, 2 an address
    name     TEXT NOT NULL,                    -- that id or address
    kind     TEXT NOT NULL,                    -- the code of the answer, or another word of ours
    times    INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    address  TEXT NOT NULL,                    -- of the last, without its port
    words    TEXT NOT NULL,                    -- what the last was told
    PRIMARY KEY (about, name, kind)
) WITHOUT ROWID;
CREATE TRIGGER server_went AFTER DELETE ON servers BEGIN
    DELETE FROM refusals WHERE about = 0 AND name = OLD.id;
END;
)sql",
    // 8: people who look and programs that ask; numbers out of outputs
    R"sql(
ALTER TABLE servers ADD COLUMN tags TEXT NOT NULL DEFAULT ''; -- comma-separated
CREATE TABLE people (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,
    role        INTEGER NOT NULL,              -- 0 administrator, 1 reader
    password    TEXT,                          -- argon2id, with its salt; NULL: none yet
    password_at INTEGER,                       -- when it was set
    created_at  INTEGER NOT NULL
);
CREATE TABLE sessions (                        -- browsers that are logged in
    digest    BLOB PRIMARY KEY NOT NULL,       -- SHA-256 of the cookie
    person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    made_at   INTEGER NOT NULL,
    seen_at   INTEGER NOT NULL,                -- to the minute
    ends_at   INTEGER NOT NULL
);
CREATE INDEX sessions_by_person ON sessions(person_id, made_at);
CREATE TABLE devices (                         -- browsers that were: their guesses count apart
    digest    BLOB PRIMARY KEY NOT NULL,       -- SHA-256 of the cookie
    person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    ends_at   INTEGER NOT NULL
);
CREATE INDEX devices_by_person ON devices(person_id, ends_at);
CREATE TABLE links (                           -- that are good for once
    digest    BLOB PRIMARY KEY NOT NULL,       -- SHA-256 of its secret
    person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    enters    INTEGER NOT NULL,                -- 1: logs in; 0: sets a password
    ends_at   INTEGER NOT NULL
);
CREATE INDEX links_by_person ON links(person_id);
CREATE TABLE api_tokens (
    digest     BLOB PRIMARY KEY NOT NULL,      -- SHA-256 of the token
    id         TEXT NOT NULL UNIQUE,           -- what it is called by
    name       TEXT NOT NULL,
    role       INTEGER NOT NULL,               -- as of people
    created_at INTEGER NOT NULL,
    ends_at    INTEGER,                        -- NULL: never
    used_at    INTEGER                         -- to the minute; NULL: never
);
CREATE TABLE series (                          -- one value of a server, through time
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    command   TEXT NOT NULL,
    name      TEXT NOT NULL,
    instance  TEXT NOT NULL,                   -- which of several of that name; '': there is one
    unit      TEXT NOT NULL,
    chart     TEXT NOT NULL,                   -- with which others it is drawn; '': by itself
    UNIQUE (server_id, command, name, instance)
);
CREATE TABLE fresh_values (                    -- of one report, as they were taken
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id  TEXT NOT NULL,
    data_at    INTEGER NOT NULL,
    kept_since INTEGER NOT NULL,               -- by the believed clock
    body       BLOB NOT NULL                   -- values/series_codec.hpp
);
CREATE INDEX fresh_values_by_place ON fresh_values(server_id, data_at, id);
CREATE TABLE value_blocks (                    -- of many
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id  TEXT NOT NULL,
    step       INTEGER NOT NULL,               -- milliseconds of one point; 0: as they were taken
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    kept_since INTEGER NOT NULL,               -- of the newest
    body       BLOB NOT NULL                   -- values/series_codec.hpp
);
CREATE INDEX value_blocks_by_place ON value_blocks(server_id, step, last_at);
CREATE INDEX value_blocks_by_kept_since ON value_blocks(step, kept_since);
)sql",
};

int version_of(database::sqlite& database) {
    auto query = database.prepare("PRAGMA user_version");
    return query.step() ? static_cast<int>(query.number_at(0)) : 0;
}

void refuse_newer(int found) {
    if (found > schema_version()) {
        throw database::error("the database was written by a newer trafikito-server (schema " +
                              std::to_string(found) + ", this one knows " +
                              std::to_string(schema_version()) + "): upgrade this program");
    }
}

bool holds(database::sqlite& database, std::string_view query) {
    auto found = database.prepare(query);
    return found.step() && found.number_at(0) != 0;
}

// SQLite opens whatever is one of its files, and ours would stand beside another program's tables.
void refuse_foreign(database::sqlite& database) {
    bool const is_of_a_kind = holds(database, "PRAGMA application_id");
    bool const has_tables = holds(database, "SELECT count(*) FROM sqlite_master");
    bool const has_ours = holds(database, "SELECT count(*) FROM sqlite_master WHERE type = 'table' "
                                          "AND name IN ('servers', 'calls', 'reports')");
    bool const is_new = version_of(database) == 0;
    if (is_of_a_kind || (is_new ? has_tables : !has_ours)) {
        database::fail_as_damaged(database.file(), "another program made it");
    }
}

} // namespace

int schema_version() {
    return first_version - 1 + static_cast<int>(migrations.size());
}

bool is_written_anew(int version) {
    return version > 0 && version < first_version;
}

void migrate(database::sqlite& database) {
    refuse_foreign(database);
    refuse_newer(version_of(database));
    auto const to = schema_version();
    if (version_of(database) >= to) {
        return;
    }
    database::transaction change(database);
    // Read again: another process may have migrated while this one waited for the lock.
    for (int done = std::max(version_of(database), first_version - 1); done < to; ++done) {
        database.run_script(migrations.at(static_cast<std::size_t>(done - first_version + 1)));
    }
    database.run_script("PRAGMA user_version = " + std::to_string(to));
    change.commit();
}

int usable_version(database::sqlite& database) {
    refuse_foreign(database);
    auto const found = version_of(database);
    refuse_newer(found);
    return found;
}

void require_current(database::sqlite& database) {
    auto const found = usable_version(database);
    if (found < schema_version()) {
        throw database::error("the database is of an older trafikito-server (schema " +
                              std::to_string(found) +
                              "): run `trafikito-server serve` once, it upgrades it");
    }
}

} // namespace trafikito::server::store
