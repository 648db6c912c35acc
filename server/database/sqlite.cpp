#include "server/database/sqlite.hpp"

#include "base/descriptor.hpp"
#include "base/percent_encoding.hpp"
#include "server/database/sqlite_cursor.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

namespace trafikito::server::database {

namespace {

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

[[noreturn]] void fail_to_open(std::filesystem::path const& file, std::string const& why) {
    throw error("cannot open the database " + file.string() + ": " + why +
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
    throw damaged("the database " + file.string() + " cannot be used: " + why +
                  what_to_do_when_damaged);
}

std::string without_advice(damaged const& of) {
    std::string const text = of.what();
    return text.substr(0, text.find(what_to_do_when_damaged));
}

sqlite::~sqlite() = default;

void sqlite::closer::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}
void sqlite::finalizer::operator()(sqlite3_stmt* handle) const {
    sqlite3_finalize(handle);
}

// As SQLite's own, which cannot be told to stop: a little longer each time.
int sqlite::wait_for_other(void* context, int times) {
    auto& busy = *static_cast<waiting*>(context);
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

void sqlite::begin_nothing_when_interrupted() const {
    if (busy_->interrupted) {
        throw error("the database is not asked any more: the server is stopping");
    }
}

void sqlite::interrupt() noexcept {
    busy_->interrupted = true;
    sqlite3_interrupt(handle_.get());
}

bool sqlite::quick_check(std::chrono::milliseconds bound, bool whole) {
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

sqlite::sqlite(std::filesystem::path const& file, access wanted, std::chrono::milliseconds patience)
    : busy_(std::make_unique<waiting>()) {
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
    busy_->longest = patience;
    sqlite3_busy_handler(handle, &wait_for_other, busy_.get());
    sqlite3_progress_handler(handle, steps_between_looks, &is_interrupted, &busy_->interrupted);
    // SQLite opens nothing before the first statement, and a file that it must not write without a
    // word.
    int const read = sqlite3_exec(handle, "PRAGMA schema_version", nullptr, nullptr, nullptr);
    if (is_damage(read)) {
        fail_as_damaged(file.string(), sqlite3_errmsg(handle));
    }
    if (is_lack_of_room(read)) {
        throw full("cannot open the database " + file.string() + ": " + sqlite3_errmsg(handle) +
                   make_room);
    }
    if ((read & 0xFF) == SQLITE_BUSY) {
        throw busy("the database " + file.string() +
                   " is another process's alone at the moment: try again");
    }
    if (read != SQLITE_OK) {
        fail_to_open(file, sqlite3_errmsg(handle));
    }
    if (wanted == access::read_write && sqlite3_db_readonly(handle, "main") == 1) {
        fail_to_open(file, "it is read-only");
    }
}

void sqlite::watch_files() {
    files_.emplace(file());
}

void sqlite::require_files() {
    if (!files_ || files_->in_place()) {
        return;
    }
    if (files_->log_is_ours()) {
        empty_log();
    }
    throw misplaced(files_->what_happened());
}

sqlite3_stmt* sqlite::prepared(std::string_view sql) {
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
    return handle.get();
}

std::unique_ptr<cursor> sqlite::begin(std::string_view sql, std::vector<parameter> const& values) {
    return step_through(handle_.get(), prepared(sql), values);
}

// There is no way to be spared.
std::unique_ptr<cursor> sqlite::send(std::string_view sql, std::vector<parameter> const& values) {
    return read_through(handle_.get(), prepared(sql), values);
}

void sqlite::run_script(std::string const& sql) {
    begin_nothing_when_interrupted();
    end_transaction(sql.c_str());
}

void sqlite::end_transaction(char const* sql) {
    int const result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) {
        fail(result, handle_.get());
    }
}

void sqlite::empty_log() {
    sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

bool sqlite::move_log() {
    return !is_lack_of_room(sqlite3_wal_checkpoint_v2(handle_.get(), nullptr,
                                                      SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr));
}

bool sqlite::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

std::filesystem::path sqlite::file() const {
    return sqlite3_db_filename(handle_.get(), "main");
}

void sqlite::begin_transaction(holding how) {
    require_files();
    run_script(how == holding::nothing ? "BEGIN" : "BEGIN IMMEDIATE");
}

void sqlite::commit() {
    end_transaction("COMMIT");
    require_files();
}

void sqlite::roll_back() noexcept {
    // SQLite may have rolled back by itself already (disk full, I/O error).
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

} // namespace trafikito::server::database
