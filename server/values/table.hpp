#pragma once
// An output as rows and columns, as far as a rule asks for: the cell of SERVER.md's data sources, a
// row by what it begins with, a column by its heading. Points into the output; never changes it.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

inline constexpr std::size_t max_rows = 2000;   ///< of an output that are looked at
inline constexpr std::size_t max_columns = 256; ///< of a row

/// What is between blanks, with where it begins.
struct cell {
    std::string_view text;
    std::size_t begin = 0;
};

/// Without the empty one that a row begins with where blanks stand before it. Separated by blanks;
/// with `commas`, by these as well.
std::vector<cell> cells_of(std::string_view row, bool commas = false);

/// The cell of that number, 1-based, as the original counts: rows at newlines, columns at `[ ,]+`,
/// and a row that begins with a blank has an empty first column.
std::optional<std::string_view> positional_cell(std::string_view row, std::size_t column);

class rows {
public:
    explicit rows(std::string_view text) : rest_(text) {}

    /// The next one, without its end (also a carriage return); nothing at the end, or beyond
    /// max_rows.
    std::optional<std::string_view> next();
    [[nodiscard]] std::size_t number() const { return number_; } ///< of the last one, 1-based

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

/// A row whose cells name the columns of those below it.
class heading {
public:
    /// Nothing when the row has no such name. A name may be several words.
    static std::optional<heading> in(std::string_view row, std::string_view name);

    /// The cell of a row below that stands under the name. A row that begins with a name of its own
    /// where the headings begin with blanks (`free`) has one cell more.
    [[nodiscard]] std::size_t column_in(std::vector<cell> const& row) const;

private:
    std::size_t column_ = 0; ///< 0-based
    std::size_t begin_ = 0;  ///< where the first heading stands
};

} // namespace trafikito::server::values
