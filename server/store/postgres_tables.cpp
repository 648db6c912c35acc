#include "server/store/postgres_tables.hpp"

namespace trafikito::server::store {

// Names and columns are SQLite's (sqlite_schema.cpp says what they mean); times are milliseconds
// since 1970 UTC. Texts compare by their bytes, as there.
//
// A server's row changes with each of its reports: half of a page is left free for that, and its
// list of commands stands outside of it. What is packed after an hour leaves room that the reports
// of the same day take again, as soon as autovacuum has been there: early, and without ever cutting
// a table, for which it would keep everybody out.
char const* const postgres_tables = R"sql(
CREATE TABLE trafikito_schema (version bigint NOT NULL);

CREATE TABLE servers (
    id                     text COLLATE "C" PRIMARY KEY,
    name                   text COLLATE "C" NOT NULL,
    key_digest             bytea NOT NULL UNIQUE,
    created_at             bigint NOT NULL,
    os                     text COLLATE "C" NOT NULL DEFAULT '',
    os_codename            text COLLATE "C" NOT NULL DEFAULT '',
    os_release             text COLLATE "C" NOT NULL DEFAULT '',
    centos_flavor          text COLLATE "C" NOT NULL DEFAULT '',
    available              bytea NOT NULL DEFAULT '',
    wanted                 text COLLATE "C",
    delay                  bigint NOT NULL DEFAULT 0,
    last_order_at          bigint,
    last_report_at         bigint,
    last_data_at           bigint,
    several_machines_at    bigint,
    several_machines_times bigint NOT NULL DEFAULT 0,
    last_address           text COLLATE "C" NOT NULL DEFAULT '',
    agent                  text COLLATE "C" NOT NULL DEFAULT '',
    report_interval        bigint,
    kept_bytes             bigint NOT NULL DEFAULT 0,
    quota_reached_at       bigint,
    place_at               bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50, toast_tuple_target = 256, autovacuum_vacuum_scale_factor = 0.1);

CREATE TABLE calls (
    id        bigserial PRIMARY KEY,
    token     text COLLATE "C" UNIQUE NOT NULL,
    server_id text COLLATE "C" NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    given_at  bigint NOT NULL
);
CREATE INDEX calls_by_time ON calls(given_at);
CREATE INDEX calls_by_server ON calls(server_id, id);

CREATE SEQUENCE reports_id_seq;
CREATE TABLE reports (
    id           bigint NOT NULL DEFAULT nextval('reports_id_seq'),
    server_id    text COLLATE "C" NOT NULL,
    received_at  bigint NOT NULL,
    data_at      bigint NOT NULL,
    kept_since   bigint NOT NULL,
    collected_at bigint,
    took         bigint,
    token        text COLLATE "C",
    report_id    text COLLATE "C",
    bytes        bigint NOT NULL,
    body         bytea NOT NULL,
    PRIMARY KEY (id, kept_since)
) PARTITION BY RANGE (kept_since);
CREATE INDEX reports_by_place ON reports(server_id, data_at, id);
CREATE INDEX reports_by_kept_since ON reports USING brin (kept_since) WITH (autosummarize = on);
ALTER SEQUENCE reports_id_seq OWNED BY reports.id;
DO $$ BEGIN
    EXECUTE 'ALTER TABLE reports ALTER COLUMN body SET COMPRESSION lz4';
EXCEPTION WHEN OTHERS THEN NULL; -- PostgreSQL was made without it
END $$;

CREATE TABLE report_keys (
    key    bytea PRIMARY KEY,
    day    bigint NOT NULL,
    has_id bigint NOT NULL
);
CREATE INDEX report_keys_by_day ON report_keys(day);

CREATE SEQUENCE blocks_id_seq;
CREATE TABLE blocks (
    id         bigint NOT NULL DEFAULT nextval('blocks_id_seq'),
    server_id  text COLLATE "C" NOT NULL,
    first_at   bigint NOT NULL,
    last_at    bigint NOT NULL,
    first_id   bigint NOT NULL,
    last_id    bigint NOT NULL,
    kept_since bigint NOT NULL,
    reports    bigint NOT NULL,
    bytes      bigint NOT NULL,
    body       bytea NOT NULL,
    PRIMARY KEY (id, kept_since)
) PARTITION BY RANGE (kept_since);
ALTER TABLE blocks ALTER COLUMN body SET STORAGE EXTERNAL; -- it is packed already
CREATE INDEX blocks_by_place ON blocks(server_id, last_at, id);
CREATE INDEX blocks_by_number ON blocks(last_id);
ALTER SEQUENCE blocks_id_seq OWNED BY blocks.id;

CREATE TABLE feedback (
    id          bigserial PRIMARY KEY,
    server_id   text COLLATE "C" NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    received_at bigint NOT NULL,
    code        text COLLATE "C" NOT NULL,
    message     bytea NOT NULL,
    details     bytea NOT NULL
);
CREATE INDEX feedback_by_time ON feedback(received_at);
CREATE INDEX feedback_by_code ON feedback(server_id, code, received_at);

CREATE TABLE removed_servers (
    id         text COLLATE "C" PRIMARY KEY,
    name       text COLLATE "C" NOT NULL,
    key_digest bytea NOT NULL UNIQUE,
    removed_at bigint NOT NULL
);
CREATE TABLE facts (
    name  text COLLATE "C" PRIMARY KEY,
    value bigint NOT NULL
);

CREATE TABLE enrolment_tokens (
    digest      bytea PRIMARY KEY,
    created_at  bigint NOT NULL,
    ends_at     bigint NOT NULL,
    machines    bigint NOT NULL,
    server_name text COLLATE "C",
    revoked_at  bigint
);
CREATE TABLE enrolments (
    server_id    text COLLATE "C" PRIMARY KEY,
    token_digest bytea NOT NULL REFERENCES enrolment_tokens(digest) ON DELETE CASCADE,
    nonce_digest bytea,
    made_at      bigint NOT NULL,
    counted_at   bigint,
    UNIQUE (token_digest, nonce_digest)
);
CREATE INDEX enrolments_by_token ON enrolments(token_digest, counted_at);

CREATE TABLE refusals (
    about    bigint NOT NULL,
    name     text COLLATE "C" NOT NULL,
    kind     text COLLATE "C" NOT NULL,
    times    bigint NOT NULL,
    first_at bigint NOT NULL,
    last_at  bigint NOT NULL,
    address  text COLLATE "C" NOT NULL,
    words    text COLLATE "C" NOT NULL,
    PRIMARY KEY (about, name, kind)
);

-- From here on what SQLite has no need of.

-- Of the processes that serve it, those of the first one (shared_files.hpp).
CREATE TABLE shared_files (
    name    text COLLATE "C" PRIMARY KEY,
    content bytea NOT NULL
);

-- The partitions. One that is `gone` is none any more: its bytes are taken from its servers, up to
-- the server `counted`, and then it is dropped.
CREATE TABLE kept_days (
    name    text COLLATE "C" PRIMARY KEY,
    parent  text COLLATE "C" NOT NULL,
    day     bigint NOT NULL,
    gone    boolean NOT NULL DEFAULT false,
    counted text COLLATE "C" NOT NULL DEFAULT ''
);

-- Whoever changes what is known of servers and tokens counts it here, as the last thing of its
-- transaction: one after the other, so that whoever sees a number sees all that came before it.
CREATE TABLE roster_version (version bigint NOT NULL);
INSERT INTO roster_version (version) VALUES (0);
CREATE TABLE roster_changes (
    server_id text COLLATE "C" PRIMARY KEY,    -- '': a token
    version   bigint NOT NULL                  -- its last change
);
CREATE INDEX roster_changes_by_version ON roster_changes(version);
)sql";

char const* const postgres_functions = R"sql(
CREATE FUNCTION trafikito_server_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM refusals WHERE about = 0 AND name = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER server_went AFTER DELETE ON servers
    FOR EACH ROW EXECUTE FUNCTION trafikito_server_went();

CREATE FUNCTION trafikito_note_change(changed text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    mine text := pg_current_xact_id();
BEGIN
    IF current_setting('trafikito.counted', true) IS DISTINCT FROM mine THEN
        UPDATE roster_version SET version = version + 1;
        PERFORM set_config('trafikito.counted', mine, true);
    END IF;
    INSERT INTO roster_changes (server_id, version) SELECT changed, version FROM roster_version
        ON CONFLICT (server_id) DO UPDATE SET version = EXCLUDED.version;
END $$;
CREATE FUNCTION trafikito_server_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM trafikito_note_change(CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END);
    RETURN NULL;
END $$;
CREATE FUNCTION trafikito_token_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM trafikito_note_change('');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER server_came_or_went AFTER INSERT OR DELETE ON servers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trafikito_server_changed();
CREATE CONSTRAINT TRIGGER server_changed AFTER UPDATE OF id, name, key_digest, os, os_codename,
    os_release, centos_flavor, available, wanted, delay ON servers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (
        (OLD.id, OLD.name, OLD.key_digest, OLD.os, OLD.os_codename, OLD.os_release,
         OLD.centos_flavor, OLD.available, OLD.wanted, OLD.delay) IS DISTINCT FROM
        (NEW.id, NEW.name, NEW.key_digest, NEW.os, NEW.os_codename, NEW.os_release,
         NEW.centos_flavor, NEW.available, NEW.wanted, NEW.delay))
    EXECUTE FUNCTION trafikito_server_changed();
CREATE CONSTRAINT TRIGGER removed_changed AFTER INSERT OR DELETE OR UPDATE ON removed_servers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trafikito_server_changed();
CREATE CONSTRAINT TRIGGER token_changed AFTER INSERT OR DELETE ON enrolment_tokens
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trafikito_token_changed();

-- The partition of that day, unless there is one. Attached, not made as one: nobody who stores
-- reports waits for it.
CREATE FUNCTION trafikito_make_day(parent text, day bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    length CONSTANT bigint := 86400000;
    child text := parent || to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', '_YYYY_MM_DD');
    about text := 'autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off';
BEGIN
    IF EXISTS (SELECT FROM kept_days AS k WHERE k.name = child AND NOT k.gone) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7204166);
    IF EXISTS (SELECT FROM kept_days AS k WHERE k.name = child AND NOT k.gone) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) WITH (%s, toast.%s)', child, parent,
                   about, replace(about, ', ', ', toast.'));
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent,
                   child, day * length, (day + 1) * length);
    INSERT INTO kept_days (name, parent, day) VALUES (child, parent, day);
END $$;

-- Takes a partition out: 1. It has another name then, so that the day can begin anew. 0: it is not
-- empty; -1: somebody is in the way for longer than a moment, in which all who store waited.
CREATE FUNCTION trafikito_take_out(child text, only_empty boolean) RETURNS integer
    LANGUAGE plpgsql SET lock_timeout = '100ms' AS $$
DECLARE
    parent text := (SELECT k.parent FROM kept_days AS k WHERE k.name = child AND NOT k.gone);
    is_empty boolean;
    aside text := 'gone_' || child || '_' || pg_current_xact_id();
BEGIN
    IF only_empty THEN
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', child) INTO is_empty;
        IF NOT is_empty THEN
            RETURN 0;
        END IF;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
    IF only_empty THEN
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', child) INTO is_empty;
        IF NOT is_empty THEN
            RETURN 0;
        END IF;
    END IF;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, child);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', child, aside);
    UPDATE kept_days SET name = aside, gone = true WHERE name = child;
    RETURN 1;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    RETURN -1;
END $$;

-- Takes what one that is out held from some of its servers; from none: then it is dropped.
CREATE FUNCTION trafikito_count_out(child text, most bigint, OUT reports bigint, OUT bytes bigint)
    LANGUAGE plpgsql SET lock_timeout = '100ms' AS $$
DECLARE
    about kept_days := (SELECT k FROM kept_days AS k WHERE k.name = child);
    last text;
BEGIN
    EXECUTE format(
        'WITH part AS (SELECT server_id, sum(bytes) AS bytes, %s AS reports FROM %I '
        'WHERE server_id > $1 GROUP BY server_id ORDER BY server_id LIMIT $2), '
        'held AS (SELECT id FROM servers WHERE id IN (SELECT server_id FROM part) '
        'ORDER BY id FOR NO KEY UPDATE), '
        'changed AS (UPDATE servers SET kept_bytes = kept_bytes - part.bytes '
        'FROM part JOIN held ON held.id = part.server_id WHERE servers.id = part.server_id) '
        'SELECT coalesce(sum(reports), 0), coalesce(sum(bytes), 0), max(server_id) FROM part',
        CASE WHEN about.parent = 'blocks' THEN 'sum(reports)' ELSE 'count(*)' END, child)
        INTO reports, bytes, last USING about.counted, most;
    IF last IS NULL THEN
        EXECUTE format('DROP TABLE %I', child);
        DELETE FROM kept_days WHERE name = child;
    ELSE
        UPDATE kept_days SET counted = last WHERE name = child;
    END IF;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    reports := 0;
    bytes := 0;
END $$;
)sql";

// From 7 to 8.
char const* const postgres_people_and_values = R"sql(
ALTER TABLE servers ADD COLUMN tags text COLLATE "C" NOT NULL DEFAULT '';
DROP TRIGGER server_changed ON servers;
CREATE CONSTRAINT TRIGGER server_changed AFTER UPDATE OF id, name, key_digest, os, os_codename,
    os_release, centos_flavor, available, wanted, delay, tags ON servers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (
        (OLD.id, OLD.name, OLD.key_digest, OLD.os, OLD.os_codename, OLD.os_release,
         OLD.centos_flavor, OLD.available, OLD.wanted, OLD.delay, OLD.tags) IS DISTINCT FROM
        (NEW.id, NEW.name, NEW.key_digest, NEW.os, NEW.os_codename, NEW.os_release,
         NEW.centos_flavor, NEW.available, NEW.wanted, NEW.delay, NEW.tags))
    EXECUTE FUNCTION trafikito_server_changed();

CREATE TABLE people (
    id          bigserial PRIMARY KEY,
    name        text COLLATE "C" NOT NULL UNIQUE,
    role        bigint NOT NULL,
    password    text COLLATE "C",
    password_at bigint,
    created_at  bigint NOT NULL
);
CREATE TABLE sessions (
    digest    bytea PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    made_at   bigint NOT NULL,
    seen_at   bigint NOT NULL,
    ends_at   bigint NOT NULL
);
CREATE INDEX sessions_by_person ON sessions(person_id, made_at);
CREATE TABLE devices (
    digest    bytea PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    ends_at   bigint NOT NULL
);
CREATE INDEX devices_by_person ON devices(person_id, ends_at);
CREATE TABLE links (
    digest    bytea PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    enters    bigint NOT NULL,
    ends_at   bigint NOT NULL
);
CREATE INDEX links_by_person ON links(person_id);
CREATE TABLE api_tokens (
    digest     bytea PRIMARY KEY,
    id         text COLLATE "C" NOT NULL UNIQUE,
    name       text COLLATE "C" NOT NULL,
    role       bigint NOT NULL,
    created_at bigint NOT NULL,
    ends_at    bigint,
    used_at    bigint
);

CREATE TABLE series (
    id        bigserial PRIMARY KEY,
    server_id text COLLATE "C" NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
    command   text COLLATE "C" NOT NULL,
    name      text COLLATE "C" NOT NULL,
    instance  text COLLATE "C" NOT NULL,
    unit      text COLLATE "C" NOT NULL,
    chart     text COLLATE "C" NOT NULL,
    UNIQUE (server_id, command, name, instance)
);
CREATE TABLE fresh_values (
    id         bigserial PRIMARY KEY,
    server_id  text COLLATE "C" NOT NULL,
    data_at    bigint NOT NULL,
    kept_since bigint NOT NULL,
    body       bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
CREATE INDEX fresh_values_by_place ON fresh_values(server_id, data_at, id);
CREATE TABLE value_blocks (
    id         bigserial PRIMARY KEY,
    server_id  text COLLATE "C" NOT NULL,
    step       bigint NOT NULL,
    first_at   bigint NOT NULL,
    last_at    bigint NOT NULL,
    kept_since bigint NOT NULL,
    body       bytea NOT NULL
);
ALTER TABLE value_blocks ALTER COLUMN body SET STORAGE EXTERNAL; -- it is packed already
CREATE INDEX value_blocks_by_place ON value_blocks(server_id, step, last_at);
CREATE INDEX value_blocks_by_kept_since ON value_blocks(step, kept_since);
)sql";

} // namespace trafikito::server::store
