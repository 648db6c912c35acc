#include "test/server/store/old_database.hpp"

#include <array>
#include <string>

namespace trafikito::test {

namespace {

// As they were released, one after the other. Times are milliseconds since 1970 UTC.
constexpr std::array scripts{
    // 1: servers, the orders they were given, their reports, their complaints
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
    last_report_at INTEGER
);
CREATE TABLE calls (                           -- call tokens of v1
    token     TEXT PRIMARY KEY NOT NULL,
    server_id TEXT NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    given_at  INTEGER NOT NULL
);
CREATE INDEX calls_by_time ON calls(given_at);
CREATE INDEX calls_by_server ON calls(server_id);
CREATE TABLE reports (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id   TEXT NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    received_at INTEGER NOT NULL,
    token       TEXT,                          -- v1's call token; NULL: v2
    took        INTEGER,                       -- seconds of the agent's last cycle (v2)
    UNIQUE (server_id, token)
);
CREATE INDEX reports_by_time ON reports(received_at);
CREATE INDEX reports_by_server ON reports(server_id, id);
CREATE TABLE outputs (
    id        INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports(id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    command   BLOB NOT NULL,
    bytes     BLOB NOT NULL,
    UNIQUE (report_id, position)
);
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
)sql",
    // 2: what our own agents add to a report, and when the data of a late one was collected
    R"sql(
ALTER TABLE reports ADD COLUMN collected_at INTEGER;          -- of a late report; NULL: on arrival
ALTER TABLE reports ADD COLUMN report_id TEXT;                -- the agent's; NULL: it gave none
ALTER TABLE reports ADD COLUMN results BLOB;                  -- JSON array, as sent
ALTER TABLE reports ADD COLUMN data_at INTEGER NOT NULL DEFAULT 0; -- place among the server's reports
UPDATE reports SET data_at = received_at;
CREATE UNIQUE INDEX reports_by_report_id ON reports(server_id, report_id) WHERE report_id IS NOT NULL;
CREATE INDEX reports_by_data ON reports(server_id, data_at, id);
ALTER TABLE servers ADD COLUMN last_data_at INTEGER;          -- the newest data of any report
UPDATE servers SET last_data_at = last_report_at;
)sql",
    // 3: a machine and its copy that ask as one server
    R"sql(
ALTER TABLE servers ADD COLUMN several_machines_at INTEGER;   -- last noticed; NULL: never
)sql",
    // 4: where a machine is and what it runs, what it takes of the disk, and since when by a clock
    // that is believed
    R"sql(
ALTER TABLE servers ADD COLUMN several_machines_times INTEGER NOT NULL DEFAULT 0;
ALTER TABLE servers ADD COLUMN last_address TEXT NOT NULL DEFAULT ''; -- without its port
ALTER TABLE servers ADD COLUMN agent TEXT NOT NULL DEFAULT '';  -- its program and version
ALTER TABLE servers ADD COLUMN report_interval INTEGER;         -- seconds, as it says; NULL: not
ALTER TABLE servers ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0; -- of its reports together
ALTER TABLE servers ADD COLUMN quota_reached_at INTEGER;        -- when its oldest last gave way
ALTER TABLE reports ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0; -- outputs, results and their rows
ALTER TABLE reports ADD COLUMN kept_since INTEGER NOT NULL DEFAULT 0; -- by the believed clock
UPDATE reports SET kept_since = received_at, bytes = 256 + coalesce(length(results), 0) +
    coalesce((SELECT sum(64 + length(command) + length(bytes)) FROM outputs WHERE report_id = reports.id), 0);
UPDATE servers SET kept_bytes =
    coalesce((SELECT sum(bytes) FROM reports WHERE server_id = servers.id), 0);
CREATE INDEX reports_by_kept_since ON reports(kept_since);
DROP INDEX reports_by_time;
CREATE TRIGGER report_came AFTER INSERT ON reports BEGIN
    UPDATE servers SET kept_bytes = kept_bytes + NEW.bytes WHERE id = NEW.server_id;
END;
CREATE TRIGGER report_went AFTER DELETE ON reports BEGIN
    UPDATE servers SET kept_bytes = kept_bytes - OLD.bytes WHERE id = OLD.server_id;
END;
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
)sql",
    // 5: tokens with which machines are enrolled, and what was made with them
    R"sql(
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
)sql",
    // 6: what was refused, for `trafikito-server why`
    R"sql(
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
};

} // namespace

void make_old_database(server::database::sqlite& database, int version) {
    for (int done = 0; done < version; ++done) {
        database.run_script(scripts.at(static_cast<std::size_t>(done)));
    }
    database.run_script("PRAGMA user_version = " + std::to_string(version) +
                        "; PRAGMA journal_mode = WAL");
}

} // namespace trafikito::test
