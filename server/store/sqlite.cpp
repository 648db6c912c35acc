#include "server/store/sqlite.hpp"

#include <sqlite3.h>

namespace trafikito::server::store {

namespace {

// SQLite takes a null pointer for NULL; an empty string is not that.
char const* never_null(std::string_view value) {
    return value.data() == nullptr ? "" : value.data();
}

[[noreturn]] void fail(int result, sqlite3* connection) {
    auto const what = std::string("the database refused: ") + sqlite3_errmsg(connection);
    bool const full = (result & 0xFF) == SQLITE_FULL || result == SQLITE_IOERR_WRITE ||
                      result == SQLITE_IOERR_SHMSIZE;
    if (full) {
        throw store_full(what + " (free some room where --data is; what was accepted is kept)");
    }
    throw store_error(what);
}

[[noreturn]] void fail_to_open(std::filesystem::path const& file, std::string const& why) {
    throw store_error("cannot open the database " + file.string() + ": " + why +
                      " (this user must be able to write the file and its directory, also to read: "
                      "SQLite keeps its log beside it)");
}

} // namespace

statement::~statement() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

void statement::check(int result) const {
    if (result != SQLITE_OK) {
        fail(result, connection_);
    }
}

statement& statement::number(std::int64_t value) {
    check(sqlite3_bind_int64(handle_, ++bound_, value));
    return *this;
}

statement& statement::text(std::string_view value) {
    check(sqlite3_bind_text64(handle_, ++bound_, never_null(value), value.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
    return *this;
}

statement& statement::blob(std::string_view value) {
    check(sqlite3_bind_blob64(handle_, ++bound_, never_null(value), value.size(), SQLITE_STATIC));
    return *this;
}

statement& statement::null() {
    check(sqlite3_bind_null(handle_, ++bound_));
    return *this;
}

bool statement::step() {
    int const result = sqlite3_step(handle_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
        fail(result, connection_);
    }
    return result == SQLITE_ROW;
}

void statement::run() {
    while (step()) {
    }
}

std::int64_t statement::number_at(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string statement::bytes_at(int column) const {
    auto const* bytes = static_cast<char const*>(sqlite3_column_blob(handle_, column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool statement::null_at(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

void connection::closer::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}
void connection::finalizer::operator()(sqlite3_stmt* handle) const {
    sqlite3_finalize(handle);
}

connection::connection(std::filesystem::path const& file, access wanted,
                       std::chrono::milliseconds busy) {
    int const flags = wanted == access::read_only ? SQLITE_OPEN_READONLY
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* handle = nullptr;
    int const result = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) {
        fail_to_open(file, sqlite3_errstr(result));
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, static_cast<int>(busy.count()));
    // SQLite opens nothing before the first statement, and a file that it must not write without a
    // word.
    if (sqlite3_exec(handle, "PRAGMA schema_version", nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail_to_open(file, sqlite3_errmsg(handle));
    }
    if (wanted == access::read_write && sqlite3_db_readonly(handle, "main") == 1) {
        fail_to_open(file, "it is read-only");
    }
}

statement connection::prepare(std::string_view sql) {
    auto& handle = prepared_[sql];
    if (!handle) {
        sqlite3_stmt* made = nullptr;
        int const result =
            sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                               SQLITE_PREPARE_PERSISTENT, &made, nullptr);
        if (result != SQLITE_OK) {
            prepared_.erase(sql);
            fail(result, handle_.get());
        }
        handle.reset(made);
    }
    return {handle_.get(), handle.get()};
}

void connection::run_script(char const* sql) {
    int const result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) {
        fail(result, handle_.get());
    }
}

void connection::empty_log() {
    sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

int connection::changes() const {
    return sqlite3_changes(handle_.get());
}
std::int64_t connection::last_id() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

transaction::transaction(connection& database) : database_(&database) {
    database_->run_script("BEGIN IMMEDIATE");
}

transaction::~transaction() {
    if (database_ != nullptr) {
        try {
            database_->run_script("ROLLBACK");
        } catch (store_error const&) {
            // SQLite has rolled back by itself already (disk full, I/O error).
            database_ = nullptr;
        }
    }
}

void transaction::commit() {
    database_->run_script("COMMIT");
    database_ = nullptr;
}

} // namespace trafikito::server::store
