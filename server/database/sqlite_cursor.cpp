#include "server/database/sqlite_cursor.hpp"

#include "server/database/sqlite.hpp"

#include <sqlite3.h>

#include <utility>

namespace trafikito::server::database {

bool is_damage(int result) {
    auto const kind = result & 0xFF;
    return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

bool is_lack_of_room(int result) {
    return (result & 0xFF) == SQLITE_FULL || result == SQLITE_IOERR_WRITE ||
           result == SQLITE_IOERR_SHMSIZE;
}

void fail(int result, sqlite3* connection) {
    auto const what = std::string("the database refused: ") + sqlite3_errmsg(connection);
    if (is_damage(result)) {
        fail_as_damaged(sqlite3_db_filename(connection, "main"), sqlite3_errmsg(connection));
    }
    if ((result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED) {
        throw busy(what + " (another program has a change of it under way, perhaps a "
                          "transaction in somebody's sqlite3 shell)");
    }
    if (is_lack_of_room(result)) {
        throw full(what + make_room);
    }
    throw error(what);
}

namespace {

// SQLite takes a null pointer for NULL; an empty string is not that.
char const* never_null(std::string_view value) {
    return value.data() == nullptr ? "" : value.data();
}

void check(int result, sqlite3* connection) {
    if (result != SQLITE_OK) {
        fail(result, connection);
    }
}

void bind(sqlite3* connection, sqlite3_stmt* handle, std::vector<parameter> const& values) {
    int place = 0;
    for (auto const& one : values) {
        ++place;
        switch (one.what) {
        case parameter::kind::null:
            check(sqlite3_bind_null(handle, place), connection);
            break;
        case parameter::kind::number:
            check(sqlite3_bind_int64(handle, place, one.number), connection);
            break;
        case parameter::kind::text:
            check(sqlite3_bind_text64(handle, place, never_null(one.text), one.text.size(),
                                      SQLITE_TRANSIENT, SQLITE_UTF8),
                  connection);
            break;
        case parameter::kind::bytes:
            check(sqlite3_bind_blob64(handle, place, never_null(one.bytes), one.bytes.size(),
                                      SQLITE_STATIC),
                  connection);
            break;
        }
    }
}

/// Steps a prepared statement, of which there is one run at a time.
class stepping : public cursor {
public:
    stepping(sqlite3* connection, sqlite3_stmt* handle, std::vector<parameter> const& values)
        : connection_(connection), handle_(handle) {
        try {
            bind(connection, handle, values);
        } catch (...) {
            end();
            throw;
        }
    }
    ~stepping() override { end(); }

    bool step() override {
        int const result = sqlite3_step(handle_);
        if (result != SQLITE_ROW && result != SQLITE_DONE) {
            fail(result, connection_);
        }
        changes_ = result == SQLITE_DONE ? sqlite3_changes(connection_) : 0;
        return result == SQLITE_ROW;
    }
    [[nodiscard]] std::int64_t number_at(int column) const override {
        return sqlite3_column_int64(handle_, column);
    }
    [[nodiscard]] std::string bytes_at(int column) const override {
        auto const* bytes = static_cast<char const*>(sqlite3_column_blob(handle_, column));
        auto const size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
        return bytes == nullptr ? std::string() : std::string(bytes, size);
    }
    [[nodiscard]] bool null_at(int column) const override {
        return sqlite3_column_type(handle_, column) == SQLITE_NULL;
    }
    [[nodiscard]] std::int64_t changes() const override { return changes_; }

private:
    void end() {
        sqlite3_reset(handle_);
        sqlite3_clear_bindings(handle_);
    }

    sqlite3* connection_;
    sqlite3_stmt* handle_;
    std::int64_t changes_ = 0;
};

/// The rows of a statement that has run to its end.
class rows_read : public cursor {
public:
    rows_read(cursor& from, int columns) : columns_(columns) {
        while (from.step()) {
            for (int column = 0; column < columns_; ++column) {
                cells_.push_back(
                    {from.null_at(column), from.number_at(column), from.bytes_at(column)});
            }
        }
        changes_ = from.changes();
    }
    bool step() override {
        ++row_;
        return static_cast<std::size_t>(row_ * columns_) < cells_.size();
    }
    [[nodiscard]] std::int64_t number_at(int column) const override { return at(column).number; }
    [[nodiscard]] std::string bytes_at(int column) const override { return at(column).bytes; }
    [[nodiscard]] bool null_at(int column) const override { return at(column).null; }
    [[nodiscard]] std::int64_t changes() const override { return changes_; }

private:
    struct cell {
        bool null = true;
        std::int64_t number = 0;
        std::string bytes;
    };
    [[nodiscard]] cell const& at(int column) const {
        return cells_.at(static_cast<std::size_t>(row_ * columns_ + column));
    }

    int columns_;
    std::int64_t row_ = -1;
    std::vector<cell> cells_;
    std::int64_t changes_ = 0;
};

} // namespace

std::unique_ptr<cursor> step_through(sqlite3* connection, sqlite3_stmt* handle,
                                     std::vector<parameter> const& values) {
    return std::make_unique<stepping>(connection, handle, values);
}

std::unique_ptr<cursor> read_through(sqlite3* connection, sqlite3_stmt* handle,
                                     std::vector<parameter> const& values) {
    stepping all(connection, handle, values);
    return std::make_unique<rows_read>(all, sqlite3_column_count(handle));
}

} // namespace trafikito::server::database
