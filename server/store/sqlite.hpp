#pragma once
// SQLite as the store needs it: a connection that keeps its prepared statements, a statement that
// is reset when it goes out of scope, a transaction that rolls back unless committed. Knows no
// table.

#include "server/store/files_in_use.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace trafikito::server::store {

/// What SQLite refused to do, with its reason; never holds a bound value.
class store_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// There was no room for it: the disk is full, a quota or a limit of the file's size is reached.
class store_full : public store_error {
public:
    using store_error::store_error;
};

/// The file is no database any more, or never was one; says which it is, and what to do.
class store_damaged : public store_error {
public:
    using store_error::store_error;
};

/// Throws store_damaged: the file, why, and what to do.
[[noreturn]] void fail_as_damaged(std::filesystem::path const& file, std::string const& why);

/// Its files do not stand any more where they stood when it was opened; says what to do. What was
/// changed just now may be lost.
class store_misplaced : public store_error {
public:
    using store_error::store_error;
};

/// Another process has a change under way and does not end it.
class store_busy : public store_error {
public:
    using store_error::store_error;
};

/// One run of a prepared statement. Ends its read transaction when destroyed, so do not keep it.
class statement {
public:
    statement(sqlite3* connection, sqlite3_stmt* handle)
        : connection_(connection), handle_(handle) {}
    ~statement();
    statement(statement const&) = delete;
    statement& operator=(statement const&) = delete;

    /// Binds the next parameter. A `blob` is not copied and must outlive the statement.
    statement& number(std::int64_t value);
    statement& text(std::string_view value);
    statement& blob(std::string_view value);
    statement& null();

    /// True when there is a row to read, false at the end. Throws store_error.
    bool step();
    /// Runs to the end. Throws store_error.
    void run();

    [[nodiscard]] std::int64_t number_at(int column) const;
    [[nodiscard]] std::string bytes_at(int column) const;
    [[nodiscard]] bool null_at(int column) const;

private:
    void check(int result) const;

    sqlite3* connection_;
    sqlite3_stmt* handle_;
    int bound_ = 0;
};

/// `unchanging`: to read a database that nobody has open, and whose log is empty: nothing is made
/// beside it. What somebody writes meanwhile may be taken for damage.
enum class access { read_only, read_write, unchanging };

class connection {
public:
    /// With read_write the file is made when it is not there (0600, and so is its log). Waits up to
    /// `busy` for another process's write. Throws store_error; store_damaged when it holds nothing,
    /// for SQLite takes that for a new one, and who lost a database would not hear of it.
    connection(std::filesystem::path const& file, access wanted,
               std::chrono::milliseconds busy = std::chrono::seconds(5));

    /// From now on nothing is read or changed, and no change counts as made, unless the files stand
    /// where they do now; else store_misplaced. What the log holds is then moved into the database
    /// first, which is complete by itself wherever it is now.
    void watch_files();

    /// Prepared once for each `sql`, which must be a literal.
    statement prepare(std::string_view sql);

    /// Several statements without parameters.
    void run_script(char const* sql);

    /// Moves all that the write-ahead log holds into the database and cuts the log to nothing, as
    /// far as there is room for that and no reader is in the way. Outside of transactions only.
    void empty_log();
    /// Moves what it holds, without waiting for anybody. False when there is no room for that.
    bool move_log();

    [[nodiscard]] bool in_transaction() const;
    bool overwrites_what_it_deletes();

    [[nodiscard]] std::filesystem::path file() const;

    /// Whatever runs, and whatever waits for another process, ends with an error soon, and nothing
    /// begins any more. From any thread.
    void interrupt() noexcept;

    /// `PRAGMA quick_check(1)`, or with `whole`, which compares every index with its table,
    /// `PRAGMA integrity_check(1)`. False when it took longer and was given up, or would with an
    /// SQLite (before 3.41) that cannot give up. Throws store_damaged.
    bool quick_check(std::chrono::milliseconds bound, bool whole = false);

    /// Rows that the last statement changed.
    [[nodiscard]] int changes() const;
    [[nodiscard]] std::int64_t last_id() const;

private:
    friend class statement;
    friend class transaction;
    struct closer {
        void operator()(sqlite3* handle) const;
    };
    struct finalizer {
        void operator()(sqlite3_stmt* handle) const;
    };
    /// SQLite waits by it: it has its address.
    struct patience {
        std::chrono::milliseconds longest;
        std::chrono::steady_clock::time_point begun;
        std::atomic<bool> interrupted{false};
    };
    static int wait_for_other(void* context, int times);
    void begin_nothing_when_interrupted() const;
    /// COMMIT or ROLLBACK: what has begun ends, also when nothing else may begin.
    void end_transaction(char const* sql);
    void require_files();

    std::unique_ptr<patience> busy_;
    // The order matters: statements go before their connection.
    std::unique_ptr<sqlite3, closer> handle_;
    std::unordered_map<std::string_view, std::unique_ptr<sqlite3_stmt, finalizer>> prepared_;
    std::optional<files_in_use> files_;
};

/// BEGIN IMMEDIATE until commit(); otherwise everything since is undone.
class transaction {
public:
    explicit transaction(connection& database);
    ~transaction();
    transaction(transaction const&) = delete;
    transaction& operator=(transaction const&) = delete;
    void commit();

private:
    connection* database_;
};

} // namespace trafikito::server::store
