#pragma once
// SQLite: a database in a file, which this process shares with others on the same machine. Keeps
// its prepared statements; watches where its files stand.

#include "server/database/connection.hpp"
#include "server/database/files_in_use.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace trafikito::server::database {

/// Throws damaged: the file, why, and what to do.
/// What it says, without what an administrator does whose server has that database.
std::string without_advice(damaged const& of);

[[noreturn]] void fail_as_damaged(std::filesystem::path const& file, std::string const& why);

class sqlite final : public connection {
public:
    /// With read_write the file is made when it is not there (0600, and so is its log). Waits up to
    /// `patience` for another process's write. Throws error; damaged when it holds nothing, for
    /// SQLite takes that for a new one, and who lost a database would not hear of it.
    sqlite(std::filesystem::path const& file, access wanted,
           std::chrono::milliseconds patience = std::chrono::seconds(5));
    ~sqlite() override;

    [[nodiscard]] engine kind() const override { return engine::sqlite; }
    void run_script(std::string const& sql) override;
    [[nodiscard]] bool in_transaction() const override;
    void interrupt() noexcept override;

    /// From now on nothing is read or changed, and no change counts as made, unless the files stand
    /// where they do now; else misplaced. What the log holds is then moved into the database first,
    /// which is complete by itself wherever it is now.
    void watch_files();

    /// Moves all that the write-ahead log holds into the database and cuts the log to nothing, as
    /// far as there is room for that and no reader is in the way. Outside of transactions only.
    void empty_log();
    /// Moves what it holds, without waiting for anybody. False when there is no room for that.
    bool move_log();

    [[nodiscard]] std::filesystem::path file() const;

    /// `PRAGMA quick_check(1)`, or with `whole`, which compares every index with its table,
    /// `PRAGMA integrity_check(1)`. False when it took longer and was given up, or would with an
    /// SQLite (before 3.41) that cannot give up. Throws damaged.
    bool quick_check(std::chrono::milliseconds bound, bool whole = false);

    /// For what SQLite alone has (sqlite3_backup_init).
    [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

private:
    std::unique_ptr<cursor> begin(std::string_view sql,
                                  std::vector<parameter> const& values) override;
    std::unique_ptr<cursor> send(std::string_view sql,
                                 std::vector<parameter> const& values) override;
    void begin_transaction(holding how) override;
    void commit() override;
    void roll_back() noexcept override;

    struct closer {
        void operator()(sqlite3* handle) const;
    };
    struct finalizer {
        void operator()(sqlite3_stmt* handle) const;
    };
    /// SQLite waits by it: it has its address.
    struct waiting {
        std::chrono::milliseconds longest;
        std::chrono::steady_clock::time_point begun;
        std::atomic<bool> interrupted{false};
    };
    static int wait_for_other(void* context, int times);
    void begin_nothing_when_interrupted() const;
    sqlite3_stmt* prepared(std::string_view sql);
    /// COMMIT or ROLLBACK: what has begun ends, also when nothing else may begin.
    void end_transaction(char const* sql);
    void require_files();

    std::unique_ptr<waiting> busy_;
    // The order matters: statements go before their connection.
    std::unique_ptr<sqlite3, closer> handle_;
    std::unordered_map<std::string_view, std::unique_ptr<sqlite3_stmt, finalizer>> prepared_;
    std::optional<files_in_use> files_;
};

} // namespace trafikito::server::database
