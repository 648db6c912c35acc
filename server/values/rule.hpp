#pragma once
// A rule: out of the output of which command which number is taken, and what it is called. The
// parser of values.conf (rules_text.hpp) makes them, take.hpp applies them.

#include "server/values/formula.hpp"
#include "server/values/number.hpp"
#include "server/values/pattern.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace trafikito::server::values {

inline constexpr std::size_t max_name = 64;
inline constexpr std::size_t max_chart = 32;
inline constexpr std::size_t max_text = 256; ///< of a text to look for, or a heading

/// A column of a table.
struct column {
    enum class kind : std::uint8_t {
        number,     ///< 1-based; below 0 from the end, where the last is -1
        heading,    ///< the one that is called so
        percentage, ///< the first cell that is a number and %
        rest,       ///< all behind the column of the value (of an instance alone)
    };
    kind what = kind::number;
    int number = 1;
    std::string name;
};

/// By position, as the original's data sources.
struct cell_place {
    std::size_t row = 1;
    std::size_t column = 1;
};
struct row_place {
    std::size_t number = 0; ///< 1-based; 0: the first one that begins with `text`
    std::string text;
    column value;
};
struct each_row {
    column value;
    column instance;
};
/// The number that stands before a text, or behind it: the n-th one.
struct beside_text {
    bool before = false;
    std::string text;
    std::size_t number = 1;
};
/// The first row that holds a number and nothing else.
struct lone_number {};
struct by_pattern {
    std::shared_ptr<pattern const> expression;
};
/// The elements of a pointer (RFC 6901); `*` is each element, whose key or index is the instance,
/// or what stands at `instance` in it.
struct by_pointer {
    std::vector<std::string> path;
    std::vector<std::string> instance;
};
/// What is recognised by itself, demanded; or nothing of it, of whatever name.
struct whole_output {
    enum class kind : std::uint8_t { nagios, prometheus, nothing };
    kind what = kind::nothing;
};

using selector = std::variant<cell_place, row_place, each_row, beside_text, lone_number, by_pattern,
                              by_pointer, formula, whole_output>;

struct rule {
    std::string command;
    std::string name; ///< one that begins with `_` is for formulas alone; `*` of a whole output
    selector where;
    unit kept_in;
    std::string chart;                     ///< empty: one of its own
    bool counter = false;                  ///< kept is by how much it grows in a second
    std::shared_ptr<pattern const> only;   ///< rows that it does not match are left out
    std::shared_ptr<pattern const> except; ///< rows that it matches are left out
    std::size_t line = 0;                  ///< of values.conf

    [[nodiscard]] bool is_hidden() const { return name.starts_with('_'); }
};

} // namespace trafikito::server::values
