#include "server/values/explain.hpp"

#include "base/ascii.hpp"
#include "base/units.hpp"
#include "config/diagnostic.hpp"
#include "server/values/select.hpp"
#include "server/values/table.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <vector>

namespace trafikito::server::values {

namespace {

using config::in_quotes;

constexpr std::size_t most_named = 12;

/// `"a", "b", "c"` and how many more.
std::string named(std::vector<std::string_view> const& all) {
    std::string text;
    for (std::size_t at = 0; at < std::min(all.size(), most_named); ++at) {
        text += (at == 0 ? "" : ", ") + in_quotes(all[at]);
    }
    return all.size() > most_named
               ? text + " and " + std::to_string(all.size() - most_named) + " more"
               : text;
}

std::vector<std::string_view> rows_of(std::string_view output) {
    std::vector<std::string_view> all;
    rows from(output);
    for (auto row = from.next(); row; row = from.next()) {
        all.push_back(*row);
    }
    return all;
}

std::vector<std::string_view> words_of(std::string_view row) {
    std::vector<std::string_view> all;
    for (auto const& one : cells_of(row)) {
        all.push_back(one.text);
    }
    return all;
}

std::string count_of_rows(std::vector<std::string_view> const& all) {
    return "the output has " + base::count_of(all.size(), "row");
}

/// That a heading is missing; empty when it is there.
std::string without_heading(column const& wanted, std::vector<std::string_view> const& all) {
    if (wanted.what != column::kind::heading || std::ranges::any_of(all, [&](auto row) {
            return heading::in(row, wanted.name).has_value();
        })) {
        return {};
    }
    // The row that looks most like headings: the one of the most words that are no numbers.
    std::vector<std::string_view> best;
    for (auto const row : all) {
        auto words = words_of(row);
        std::erase_if(words, [](auto word) { return !base::is_letter(word[0]) && word[0] != '%'; });
        if (words.size() > best.size()) {
            best = std::move(words);
        }
    }
    return "no row has the heading " + in_quotes(wanted.name) +
           (best.empty() ? "" : "; there are " + named(best));
}

std::string no_number(std::string_view text) {
    return in_quotes(text) + " stands there, which is no number";
}

std::string why_no_cell(cell_place const& where, std::string_view output) {
    auto const all = rows_of(output);
    if (where.row > all.size()) {
        return count_of_rows(all);
    }
    auto const row = all[where.row - 1];
    std::vector<std::string_view> columns;
    for (auto at = positional_cell(row, 1); at; at = positional_cell(row, columns.size() + 1)) {
        columns.push_back(*at);
    }
    return where.column <= columns.size()
               ? no_number(columns[where.column - 1])
               : "the row has " + base::count_of(columns.size(), "column") + ": " + named(columns);
}

std::string why_no_row(row_place const& where, std::string_view output) {
    auto const all = rows_of(output);
    if (auto why = without_heading(where.value, all); !why.empty()) {
        return why;
    }
    if (where.number > all.size()) {
        return count_of_rows(all);
    }
    auto const found = where.number != 0
                           ? all.begin() + static_cast<std::ptrdiff_t>(where.number - 1)
                           : std::ranges::find_if(all, [&](auto row) {
                                 return base::trim(row).starts_with(where.text);
                             });
    if (found == all.end()) {
        std::vector<std::string_view> begins;
        for (auto const row : all) {
            if (auto const words = words_of(row); !words.empty()) {
                begins.push_back(words.front());
            }
        }
        return "no row begins with " + in_quotes(where.text) + "; they begin with " + named(begins);
    }
    return "the row is " + in_quotes(*found) + ", and there is no number in that column";
}

std::string why_no_rows(each_row const& where, rule const& what, std::string_view output) {
    auto const all = rows_of(output);
    for (auto const& one : {where.value, where.instance}) {
        if (auto why = without_heading(one, all); !why.empty()) {
            return why;
        }
    }
    return count_of_rows(all) + ", and none of them has a number in that column" +
           (what.only || what.except ? " and is what only and except leave" : "");
}

std::string why_nothing_beside(beside_text const& where, std::string_view output) {
    auto const at = output.find(where.text);
    if (at == std::string_view::npos) {
        return in_quotes(where.text) + " is nowhere in the output";
    }
    auto const begin = at == 0 ? 0 : output.rfind('\n', at - 1) + 1;
    auto const line = output.substr(begin, std::min(output.find('\n', at), output.size()) - begin);
    std::string text = where.before ? "no number stands before" : "no number stands behind";
    text += " it in the line ";
    text += in_quotes(line);
    if (where.number != 1) {
        text += ", or not so many of them";
    }
    return text;
}

std::string why_no_member(by_pointer const& where, std::string_view output) {
    selection from(output);
    auto const& problem = from.json().problem();
    if (!problem.empty()) {
        return "the output is no JSON: " + in_quotes(problem);
    }
    return from.json().first_missing(where.path);
}

} // namespace

std::string why_nothing(rule const& what, std::string_view output) {
    output = output.substr(0, max_output);
    if (base::trim_white_space(output).empty()) {
        return "the output is empty";
    }
    return std::visit(
        [&](auto const& where) -> std::string {
            using place = std::decay_t<decltype(where)>;
            if constexpr (std::is_same_v<place, cell_place>) {
                return why_no_cell(where, output);
            } else if constexpr (std::is_same_v<place, row_place>) {
                return why_no_row(where, output);
            } else if constexpr (std::is_same_v<place, each_row>) {
                return why_no_rows(where, what, output);
            } else if constexpr (std::is_same_v<place, beside_text>) {
                return why_nothing_beside(where, output);
            } else if constexpr (std::is_same_v<place, lone_number>) {
                return "no line of it is a number and nothing else";
            } else if constexpr (std::is_same_v<place, by_pattern>) {
                return where.expression->matches(output)
                           ? "it matches, and what its group holds is no number"
                           : "it matches nothing in the output";
            } else if constexpr (std::is_same_v<place, by_pointer>) {
                return why_no_member(where, output);
            } else if constexpr (std::is_same_v<place, formula>) {
                return "not all that it names has a value";
            } else {
                return where.what == whole_output::kind::nagios
                           ? "its first line has no performance data (| label=value)"
                       : where.what == whole_output::kind::prometheus
                           ? "it has no line of the form name{label=\"value\"} number"
                           : "nothing is taken, as the rule says";
            }
        },
        what.where);
}

} // namespace trafikito::server::values
