#pragma once
// The store's tables as both engines have them, and their rows read by key: for copying.cpp.

#include "server/database/connection.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::store {

struct column {
    std::string_view name;
    database::parameter::kind kind = database::parameter::kind::number;
    bool unique = false; ///< no other row has it, though it is not the key
};

struct table {
    /// SQL of both engines. It stays, as prepared statements are kept by it.
    struct statements {
        std::string first; ///< rows in the order of their keys; of a body, its length
        std::string next;  ///< behind a key
        std::string first_whole;
        std::string next_whole;
        std::string find; ///< a row with its body
        std::string remove;
        std::string write;
    };

    std::string_view name;
    std::size_t keys = 1;        ///< the first so many columns
    bool has_body = false;       ///< the last column is large
    bool is_referred_to = false; ///< rows of other tables go with its rows
    std::vector<column> columns;
    statements sql;
};

/// Those that others refer to come before these.
std::vector<table> const& all_tables();

struct value {
    bool null = false;
    std::int64_t number = 0;
    std::string bytes;

    friend auto operator<=>(value const&, value const&) = default;
    friend bool operator==(value const&, value const&) = default;
};

using row = std::vector<value>;

class table_rows {
public:
    table_rows(database::connection& database, table const& of) : database_(database), table_(of) {}

    /// At most `most` rows whose keys come after that row's, in the order of the keys; of a body,
    /// its length alone unless `whole`.
    std::vector<row> after(std::optional<row> const& last, std::size_t most, bool whole);
    /// With its body.
    std::optional<row> find(row const& key);
    void remove(row const& key);
    /// Anew, or in place of the one of that key where others refer to it.
    void write(row const& what);

private:
    void bind_key(database::statement& to, row const& key) const;
    [[nodiscard]] row read(database::statement const& from, bool whole) const;

    database::connection& database_;
    table const& table_;
};

/// By their keys, as the databases order them.
std::strong_ordering in_order(table const& of, row const& one, row const& other);

} // namespace trafikito::server::store
