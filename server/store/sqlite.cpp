#include "server/store/sqlite.hpp"

#include "base/descriptor.hpp"
#include "base/percent_encoding.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

namespace trafikito::server::store {

namespace {

// SQLite takes a null pointer for NULL; an empty string is not that.
char const* never_null(std::string_view value) {
    return value.data() == nullptr ? "" : value.data();
}

// Of SQLite's virtual machine: some microseconds.
constexpr int steps_between_looks = 10'000;

int is_interrupted(void* context) {
    return *static_cast<std::atomic<bool> const*>(context) ? 1 : 0;
}

constexpr char const* what_to_do_when_damaged =
    ": it is damaged, or no database of trafikito-server. Stop the server, keep a copy, and either "
    "save what can be saved with `sqlite3 trafikito.db .recover | sqlite3 new.db` or move it away "
    "(with its -wal and -shm) to begin with an empty one; agents keep their reports and send them "
    "again";

// What an SQLite that cannot be told to give up reads in a second, of a slow disk.
constexpr std::uintmax_t checked_per_second = 50UL * 1024 * 1024;
constexpr std::uintmax_t smallest_database = 512; ///< a page; SQLite takes less for a new one
constexpr int version_that_gives_up = 3'041'000;

bool is_damage(int result) {
    auto const kind = result & 0xFF;
    return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

bool is_lack_of_room(int result) {
    return (result & 0xFF) == SQLITE_FULL || result == SQLITE_IOERR_WRITE ||
           result == SQLITE_IOERR_SHMSIZE;
}

constexpr char const* make_room = " (free some room where --data is; what was accepted is kept)";

[[noreturn]] void fail(int result, sqlite3* connection) {
    auto const what = std::string("the database refused: ") + sqlite3_errmsg(connection);
    if (is_damage(result)) {
        fail_as_damaged(sqlite3_db_filename(connection, "main"), sqlite3_errmsg(connection));
    }
    if ((result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED) {
        throw store_busy(what + " (another program has a change of it under way, perhaps a "
                                "transaction in somebody's sqlite3 shell)");
    }
    if (is_lack_of_room(result)) {
        throw store_full(what + make_room);
    }
    throw store_error(what);
}

[[noreturn]] void fail_to_open(std::filesystem::path const& file, std::string const& why) {
    throw store_error("cannot open the database " + file.string() + ": " + why +
                      " (this user must be able to write the file and its directory, also to read: "
                      "SQLite keeps its log beside it)");
}

// Nobody but its owner reads what machines put out. SQLite gives its log the same mode. True when
// it was not there before.
bool make_private(std::filesystem::path const& file) {
    return base::descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600))
        .open();
}

void refuse_what_is_no_database(std::filesystem::path const& file) {
    std::error_code failed;
    auto const status = std::filesystem::status(file, failed);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        fail_to_open(file, std::filesystem::is_directory(status) ? "it is a directory"
                                                                 : "it is no regular file");
    }
    auto const size = std::filesystem::is_regular_file(status)
                          ? std::filesystem::file_size(file, failed)
                          : smallest_database;
    if (size < smallest_database) {
        fail_as_damaged(file, "it has " + std::to_string(size) + " bytes");
    }
}

} // namespace

void fail_as_damaged(std::filesystem::path const& file, std::string const& why) {
    throw store_damaged("the database " + file.string() + " cannot be used: " + why +
                        what_to_do_when_damaged);
}

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

// As SQLite's own, which cannot be told to stop: a little longer each time.
int connection::wait_for_other(void* context, int times) {
    auto& busy = *static_cast<patience*>(context);
    auto const now = std::chrono::steady_clock::now();
    if (times == 0) {
        busy.begun = now;
    }
    if (busy.interrupted || now - busy.begun >= busy.longest) {
        return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(1 << std::min(times, 6), 50)));
    return 1;
}

void connection::begin_nothing_when_interrupted() const {
    if (busy_->interrupted) {
        throw store_error("the database is not asked any more: the server is stopping");
    }
}

void connection::interrupt() noexcept {
    busy_->interrupted = true;
    sqlite3_interrupt(handle_.get());
}

bool connection::quick_check(std::chrono::milliseconds bound, bool whole) {
    std::error_code failed;
    auto const size = std::filesystem::file_size(file(), failed);
    bool const in_time = size / checked_per_second <
                         static_cast<std::uintmax_t>(std::max<long>(bound.count(), 0)) / 1000 + 1;
    if (bound.count() <= 0 || (sqlite3_libversion_number() < version_that_gives_up && !in_time)) {
        return false;
    }
    struct limit {
        std::chrono::steady_clock::time_point end;
        std::atomic<bool> const& interrupted;
    } until{std::chrono::steady_clock::now() + bound, busy_->interrupted};
    auto const is_over = [](void* context) {
        auto const& one = *static_cast<limit const*>(context);
        return one.interrupted || std::chrono::steady_clock::now() >= one.end ? 1 : 0;
    };
    sqlite3_progress_handler(handle_.get(), steps_between_looks, is_over, &until);
    std::string words;
    auto const keep = [](void* context, int, char** values, char**) {
        *static_cast<std::string*>(context) = values[0] == nullptr ? "" : values[0];
        return 0;
    };
    int const result =
        sqlite3_exec(handle_.get(), whole ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)",
                     keep, &words, nullptr);
    sqlite3_progress_handler(handle_.get(), steps_between_looks, &is_interrupted,
                             &busy_->interrupted);
    if (result == SQLITE_INTERRUPT) {
        return false;
    }
    if (result == SQLITE_OK && words != "ok") {
        fail_as_damaged(file(), words);
    }
    if (result != SQLITE_OK) {
        fail(result, handle_.get());
    }
    return true;
}

connection::connection(std::filesystem::path const& file, access wanted,
                       std::chrono::milliseconds busy)
    : busy_(std::make_unique<patience>()) {
    bool const is_new = wanted == access::read_write && make_private(file);
    if (!is_new) {
        refuse_what_is_no_database(file);
    }
    bool const unchanging = wanted == access::unchanging;
    int const flags = wanted == access::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                   : SQLITE_OPEN_READONLY;
    auto const name =
        unchanging ? "file:" + base::percent_encode(file.string()) + "?immutable=1" : file.string();
    sqlite3* handle = nullptr;
    int const result =
        sqlite3_open_v2(name.c_str(), &handle, flags | (unchanging ? SQLITE_OPEN_URI : 0), nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) {
        fail_to_open(file, sqlite3_errstr(result));
    }
    sqlite3_extended_result_codes(handle, 1);
    busy_->longest = busy;
    sqlite3_busy_handler(handle, &wait_for_other, busy_.get());
    sqlite3_progress_handler(handle, steps_between_looks, &is_interrupted, &busy_->interrupted);
    // SQLite opens nothing before the first statement, and a file that it must not write without a
    // word.
    int const read = sqlite3_exec(handle, "PRAGMA schema_version", nullptr, nullptr, nullptr);
    if (is_damage(read)) {
        fail_as_damaged(file.string(), sqlite3_errmsg(handle));
    }
    if (is_lack_of_room(read)) {
        throw store_full("cannot open the database " + file.string() + ": " +
                         sqlite3_errmsg(handle) + make_room);
    }
    if (read != SQLITE_OK) {
        fail_to_open(file, sqlite3_errmsg(handle));
    }
    if (wanted == access::read_write && sqlite3_db_readonly(handle, "main") == 1) {
        fail_to_open(file, "it is read-only");
    }
}

void connection::watch_files() {
    files_.emplace(file());
}

void connection::require_files() {
    if (!files_ || files_->in_place()) {
        return;
    }
    if (files_->log_is_ours()) {
        empty_log();
    }
    throw store_misplaced(files_->what_happened());
}

statement connection::prepare(std::string_view sql) {
    begin_nothing_when_interrupted();
    if (!in_transaction()) {
        require_files();
    }
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
    begin_nothing_when_interrupted();
    end_transaction(sql);
}

void connection::end_transaction(char const* sql) {
    int const result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) {
        fail(result, handle_.get());
    }
}

void connection::empty_log() {
    sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

bool connection::move_log() {
    return !is_lack_of_room(sqlite3_wal_checkpoint_v2(handle_.get(), nullptr,
                                                      SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr));
}

bool connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

bool connection::overwrites_what_it_deletes() {
    auto query = prepare("PRAGMA secure_delete");
    return query.step() && query.number_at(0) == 1;
}

std::filesystem::path connection::file() const {
    return sqlite3_db_filename(handle_.get(), "main");
}

int connection::changes() const {
    return sqlite3_changes(handle_.get());
}
std::int64_t connection::last_id() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

transaction::transaction(connection& database) : database_(&database) {
    database_->require_files();
    database_->run_script("BEGIN IMMEDIATE");
}

transaction::~transaction() {
    if (database_ != nullptr) {
        try {
            database_->end_transaction("ROLLBACK");
        } catch (store_error const&) {
            // SQLite has rolled back by itself already (disk full, I/O error).
            database_ = nullptr;
        }
    }
}

void transaction::commit() {
    database_->end_transaction("COMMIT");
    std::exchange(database_, nullptr)->require_files();
}

} // namespace trafikito::server::store
