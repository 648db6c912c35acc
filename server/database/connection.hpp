#pragma once
// A database as the store needs one, whichever it is (sqlite.hpp, postgres.hpp): statements with
// parameters, their rows, transactions. Knows no table. SQL is written once, for both: parameters
// are `?` or `?1`, and what only one of them understands stands in the engine's own files.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::database {

/// What the database refused to do, with its reason; never holds a bound value.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// There was no room for it: the disk is full, a quota or a limit of the file's size is reached.
class full : public error {
public:
    using error::error;
};

/// It is no database any more, or never was one; says which it is, and what to do.
class damaged : public error {
public:
    using error::error;
};

/// Its files do not stand any more where they stood when it was opened; says what to do. What was
/// changed just now may be lost.
class misplaced : public error {
public:
    using error::error;
};

/// Somebody else has a change under way and does not end it.
class busy : public error {
public:
    using error::error;
};

/// It is not there, or does not answer: it is asked again with the next statement. What was under
/// way may have been done, or not.
class away : public error {
public:
    using error::error;
};

/// What a statement is given for one of its parameters.
struct parameter {
    enum class kind : std::uint8_t { null, number, text, bytes };
    kind what = kind::null;
    std::int64_t number = 0;
    std::string text;
    std::string_view bytes; ///< must outlive the statement
};

/// The rows that a statement gives, as it runs.
class cursor {
public:
    cursor() = default;
    virtual ~cursor() = default;
    cursor(cursor const&) = delete;
    cursor& operator=(cursor const&) = delete;

    /// True when there is a row to read, false at the end.
    virtual bool step() = 0;
    [[nodiscard]] virtual std::int64_t number_at(int column) const = 0; ///< NULL: 0
    [[nodiscard]] virtual std::string bytes_at(int column) const = 0;   ///< NULL: empty
    [[nodiscard]] virtual bool null_at(int column) const = 0;
    /// Rows that it changed, once it is at its end.
    [[nodiscard]] virtual std::int64_t changes() const = 0;
};

class connection;

/// One run of a statement. Ends its read when destroyed, so do not keep it.
class statement {
public:
    statement(connection& database, std::string_view sql) : database_(&database), sql_(sql) {}

    /// Binds the next parameter. A `blob` is not copied and must outlive the statement.
    statement& number(std::int64_t value);
    statement& text(std::string_view value);
    statement& blob(std::string_view value);
    statement& null();

    /// True when there is a row to read, false at the end. Throws error.
    bool step();
    /// Runs to the end. Returns how many rows it changed. Throws error.
    std::int64_t run();

    /// Hands it over without waiting for its rows, which step() gives later: many that are sent one
    /// after the other cost one way to a database that is far. They run in the order in which they
    /// were sent. One that is destroyed before its end runs all the same; that it failed then shows
    /// with the next one that is waited for, at the latest when the transaction is committed.
    void send();

    [[nodiscard]] std::int64_t number_at(int column) const { return rows_->number_at(column); }
    [[nodiscard]] std::string bytes_at(int column) const { return rows_->bytes_at(column); }
    [[nodiscard]] bool null_at(int column) const { return rows_->null_at(column); }

private:
    statement& bind(parameter value);

    connection* database_;
    std::string_view sql_;
    std::vector<parameter> values_;
    std::unique_ptr<cursor> rows_;
};

/// How much a transaction keeps out. SQLite knows one writer at a time, so that both are the same.
enum class holding : std::uint8_t {
    all,     ///< nobody else changes anything meanwhile
    shared,  ///< others that hold `shared` change rows that are not touched here
    nothing, ///< reads alone, all as it was at one moment
};

enum class engine : std::uint8_t { sqlite, postgres };

/// `unchanging`: to read a database of SQLite that nobody has open, and whose log is empty: nothing
/// is made beside it. What somebody writes meanwhile may be taken for damage.
enum class access : std::uint8_t { read_only, read_write, unchanging };

class connection {
public:
    connection() = default;
    virtual ~connection() = default;
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    [[nodiscard]] virtual engine kind() const = 0;

    /// `sql` must be a literal: it is prepared once.
    statement prepare(std::string_view sql) { return {*this, sql}; }

    /// Several statements without parameters.
    virtual void run_script(std::string const& sql) = 0;

    [[nodiscard]] virtual bool in_transaction() const = 0;

    /// Whatever runs, and whatever waits for somebody else, ends with an error soon, and nothing
    /// begins any more. From any thread.
    virtual void interrupt() noexcept = 0;

protected:
    friend class statement;
    friend class transaction;

    virtual std::unique_ptr<cursor> begin(std::string_view sql,
                                          std::vector<parameter> const& values) = 0;
    /// As begin(), and does not wait where it need not.
    virtual std::unique_ptr<cursor> send(std::string_view sql,
                                         std::vector<parameter> const& values) = 0;
    virtual void begin_transaction(holding how) = 0;
    virtual void commit() = 0;
    virtual void roll_back() noexcept = 0;
};

/// From here until commit(); otherwise everything since is undone.
class transaction {
public:
    explicit transaction(connection& database, holding how = holding::all);
    ~transaction();
    transaction(transaction const&) = delete;
    transaction& operator=(transaction const&) = delete;
    void commit();

private:
    connection* database_;
};

} // namespace trafikito::server::database
