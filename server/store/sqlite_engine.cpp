#include "server/store/sqlite_engine.hpp"

#include "server/store/sqlite_schema.hpp"
#include "server/store/sqlite_upgrade.hpp"

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace trafikito::server::store {

namespace {

namespace fs = std::filesystem;
using database::access;
using database::disk_reserve;

// SQLite would apply it to the new database: it is another one's.
void refuse_log_alone(fs::path const& file) {
    std::error_code failed;
    std::string const log = file.string() + "-wal";
    if (auto const size = fs::file_size(log, failed); !failed && size != 0) {
        throw database::misplaced("there is no database " + file.string() + ", but its log " + log +
                                  ", which may hold what was accepted last: put the database "
                                  "back, or move the log away to begin with an empty one");
    }
}

// Whole or not at all: what a crash leaves half made would be taken for one that lost everything.
void made_where_there_is_none(fs::path const& file, access wanted) {
    std::error_code failed;
    if (wanted != access::read_write || fs::exists(fs::symlink_status(file, failed))) {
        return;
    }
    refuse_log_alone(file);
    auto const beside = fs::path(file.string() + ".new");
    fs::remove(beside, failed);
    {
        database::sqlite made(beside, access::read_write);
        made.run_script("PRAGMA auto_vacuum = INCREMENTAL"); // only before there is any table
        migrate(made);
    }
    fs::create_hard_link(beside, file, failed); // never over what another one made
    if (failed && failed != std::errc::file_exists) {
        fs::rename(beside, file, failed); // where there are no hard links
    }
    fs::remove(beside, failed);
}

disk_reserve reserve_beside(fs::path const& file, std::uintmax_t bytes) {
    return {file.parent_path() / "reserve", bytes};
}

/// The reserve's room is lent as long as this lives; then SQLite's log, emptied, gives it back.
class lent_reserve {
public:
    lent_reserve(disk_reserve const& reserve, bool hold, database::sqlite& database)
        : reserve_(reserve), bytes_(hold ? reserve.wanted() : reserve.held()), database_(database) {
        reserve_.give_up();
        database_.empty_log();
    }
    ~lent_reserve() {
        database_.empty_log();
        if (bytes_ != 0) {
            reserve_.hold(bytes_);
        }
    }
    lent_reserve(lent_reserve const&) = delete;
    lent_reserve& operator=(lent_reserve const&) = delete;

private:
    disk_reserve const& reserve_;
    std::uintmax_t bytes_; ///< to be taken again
    database::sqlite& database_;
};

// Also to read, SQLite makes files beside a database that nobody has open.
database::sqlite opened(fs::path const& file, access wanted) {
    made_where_there_is_none(file, wanted);
    auto const reserve = reserve_beside(file, sqlite_engine::reserve_bytes);
    auto const open = [&]() -> database::sqlite {
        if (wanted == access::read_write) {
            upgrade_database(file);
        }
        return {file, wanted};
    };
    try {
        return open();
    } catch (database::full const&) {
        if (reserve.held() == 0) {
            throw;
        }
    }
    auto const held = reserve.held();
    reserve.give_up();
    struct held_again {
        disk_reserve const& reserve;
        std::uintmax_t bytes;
        ~held_again() { reserve.hold(bytes); }
    } const later{reserve, held};
    return open();
}

} // namespace

sqlite_engine::sqlite_engine(fs::path const& file, access wanted)
    : database_(opened(file, wanted)), reserve_(reserve_beside(file, reserve_bytes)) {
    // Many systems build SQLite so that it overwrites what it deletes: that takes time, and room
    // that there may not be.
    database_.run_script("PRAGMA foreign_keys = ON; PRAGMA secure_delete = FAST");
    if (wanted != access::read_write) {
        require_current(database_);
        database_.watch_files();
        return;
    }
    with_reserve([&] {
        migrate(database_); // first: nothing of another program's database is changed
        // FULL: a report is on the disk before the agent is told that it was accepted.
        database_.run_script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                             "PRAGMA journal_size_limit = 4194304;");
    });
    database_.watch_files();
}

bool sqlite_engine::check(std::chrono::milliseconds bound) {
    return database_.quick_check(bound);
}

std::int64_t sqlite_engine::data_version() {
    auto query = database_.prepare("PRAGMA data_version");
    query.step();
    return query.number_at(0);
}

void sqlite_engine::hold_reserve(std::uintmax_t bytes) {
    reserve_ = reserve_beside(database_.file(), bytes);
    holds_reserve_ = true;
    reserve_.hold(bytes);
}

bool sqlite_engine::has_free_pages(std::size_t bytes) {
    static constexpr std::int64_t page = 4096;
    static constexpr std::int64_t rows_and_indexes = 512L * 1024;
    auto free = database_.prepare("PRAGMA freelist_count");
    auto const needed = static_cast<std::int64_t>(bytes + bytes / 8) + rows_and_indexes;
    return free.step() && free.number_at(0) * page >= needed;
}

// A log that cannot be moved goes on to grow, beyond what the reserve has room for.
void sqlite_engine::prepare_for(std::size_t /*bytes*/, std::int64_t /*day*/) {
    static constexpr std::uintmax_t longest = 4UL * 1024 * 1024 + 256UL * 1024;
    std::error_code failed;
    auto const length = fs::file_size(database_.file().string() + "-wal", failed);
    if (!failed && length > longest && !database_.move_log() && holds_reserve_) {
        lent_reserve const room(reserve_, true, database_);
    }
}

// What is accepted can always be moved from SQLite's log into the database, at worst with the
// reserve's room: the log first and then the database grow by it. A small one's share of the
// database the reserve has, if need be.
void sqlite_engine::require_room(std::size_t bytes) {
    static constexpr std::size_t small = 2UL * 1024 * 1024;
    std::error_code failed;
    auto const room = fs::space(database_.file().parent_path(), failed);
    auto const needed = (has_free_pages(bytes) ? 1 : 2) * (bytes + bytes / 8);
    if (bytes > small && !failed && room.capacity != 0 && room.available < needed) {
        throw database::full("there is no room for " + std::to_string(bytes >> 20U) +
                             " MiB of reports, which take " + std::to_string(needed >> 20U) +
                             " MiB for a moment (free some room where --data is; what was accepted "
                             "is kept)");
    }
}

// The log of a full disk can neither grow, not even by a deletion, nor be emptied into a database
// that cannot grow. The reserve's room is lent for both, and for a change that goes into pages of
// what was deleted: emptied again, the log has given back what it took.
void sqlite_engine::with_room(std::size_t bytes, action const& change, action const& forget) {
    try {
        change();
        return;
    } catch (database::full const&) {
        if (!holds_reserve_) {
            throw;
        }
        lent_reserve const room(reserve_, true, database_);
        forget();
        if (!has_free_pages(bytes)) {
            throw;
        }
        change();
    }
}

void sqlite_engine::with_reserve(action const& change) {
    try {
        change();
    } catch (database::full const&) {
        lent_reserve const room(reserve_, holds_reserve_, database_);
        change();
    }
}

// What its index does not show is there all the same.
void sqlite_engine::require_absent(std::string_view server_id) {
    auto all = database_.prepare("SELECT 1 FROM servers NOT INDEXED WHERE +id = ?1 AND "
                                 "NOT EXISTS (SELECT 1 FROM removed_servers WHERE id = ?1)");
    all.text(server_id);
    if (all.step()) {
        database::fail_as_damaged(database_.file(), "a server's row is not in its index");
    }
}

void sqlite_engine::number_on() {
    auto packed = database_.prepare("SELECT coalesce(max(last_id), 0) FROM blocks");
    packed.step();
    auto const last = packed.number_at(0);
    auto known = database_.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) "
                                   "WHERE name = 'reports'");
    if (known.number(last).run() == 0) {
        database_.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('reports', ?)")
            .number(last)
            .run();
    }
}

} // namespace trafikito::server::store
