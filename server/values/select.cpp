#include "server/values/select.hpp"

#include "base/ascii.hpp"
#include "server/values/table.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

namespace trafikito::server::values {

namespace {

/// Of a line beside a text, and of places where the text stands: so that an output of nothing else
/// is no work.
constexpr std::size_t max_beside = 4096;
constexpr std::size_t max_tries = 100;

/// Bytes and seconds: a number in them may have a suffix of its own.
bool takes_suffix(rule const& what) {
    return what.kept_in.name == "B";
}

std::optional<double> number_in(std::string_view text, rule const& what) {
    return number_with_unit(text, what.kept_in.factor, takes_suffix(what));
}

void add(std::optional<double> value, std::vector<selected>& to) {
    if (value) {
        to.push_back({{}, *value});
    }
}

bool begins_number(std::string_view text, std::size_t at) {
    char const c = text[at];
    bool const begins = base::is_digit(c) || ((c == '-' || c == '.') && at + 1 < text.size() &&
                                              base::is_digit(text[at + 1]));
    bool const inside = at != 0 && (base::is_word(text[at - 1]) || text[at - 1] == '.');
    return begins && !inside;
}

/// The n-th number of a text.
std::optional<double> nth_number(std::string_view text, std::size_t wanted, rule const& what) {
    for (std::size_t at = 0; at < text.size();) {
        if (!begins_number(text, at)) {
            ++at;
            continue;
        }
        if (wanted == 1) {
            return number_in(text.substr(at), what);
        }
        --wanted;
        auto const found = number_at_begin(text.substr(at));
        at += found ? found->size : 1;
    }
    return std::nullopt;
}

std::size_t count_numbers(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (begins_number(text, at)) {
            auto const found = number_at_begin(text.substr(at));
            at += found ? found->size : 1;
            ++count;
        } else {
            ++at;
        }
    }
    return count;
}

/// What stands right before, without a blank in it.
std::optional<double> adjacent_number(std::string_view line, rule const& what) {
    line = base::trim(line);
    auto const begin = line.find_last_of(" \t(=:,|[") + 1; // npos + 1 is 0
    auto const word = line.substr(begin);
    return !word.empty() && begins_number(word, 0) ? number_in(word, what) : std::nullopt;
}

/// What stands in the line before that place, and behind it, as far as it is looked at.
std::string_view part_before(std::string_view output, std::size_t at) {
    auto const near = output.substr(at - std::min(at, max_beside), std::min(at, max_beside));
    return near.substr(near.rfind('\n') + 1); // npos + 1 is 0
}

std::string_view part_behind(std::string_view output, std::size_t at) {
    auto const near = output.substr(at, max_beside);
    return near.substr(0, near.find('\n'));
}

std::optional<double> beside(std::string_view output, beside_text const& where, rule const& what) {
    auto at = output.find(where.text);
    for (std::size_t tries = 0; at != std::string_view::npos && tries < max_tries; ++tries) {
        std::optional<double> found;
        if (!where.before) {
            found = nth_number(part_behind(output, at + where.text.size()), where.number, what);
        } else if (where.number == 1) {
            found = adjacent_number(part_before(output, at), what);
        } else {
            auto const line = part_before(output, at);
            auto const count = count_numbers(line);
            found = count >= where.number ? nth_number(line, count - where.number + 1, what)
                                          : std::nullopt;
        }
        if (found) {
            return found;
        }
        at = output.find(where.text, at + 1);
    }
    return std::nullopt;
}

bool is_percentage(std::string_view text) {
    return text.size() > 1 && text.ends_with('%') && base::is_digit(text[0]);
}

/// The cell of a column in a row, where there is one.
std::optional<std::size_t> place_of(column const& wanted, std::vector<cell> const& row,
                                    std::optional<heading> const& names) {
    std::optional<std::size_t> at;
    switch (wanted.what) {
    case column::kind::number:
        if (wanted.number > 0) {
            at = static_cast<std::size_t>(wanted.number) - 1;
        } else if (std::cmp_less_equal(-wanted.number, row.size())) {
            at = row.size() - static_cast<std::size_t>(-wanted.number);
        }
        break;
    case column::kind::heading:
        if (names) {
            at = names->column_in(row);
        }
        break;
    case column::kind::percentage: {
        auto const found = std::ranges::find_if(row, is_percentage, &cell::text);
        at = static_cast<std::size_t>(found - row.begin());
        break;
    }
    case column::kind::rest:
        break;
    }
    return at && *at < row.size() ? at : std::nullopt;
}

std::optional<std::string_view> row_at(std::string_view output, std::size_t number) {
    rows all(output);
    std::optional<std::string_view> row;
    while (all.number() < number) {
        row = all.next();
        if (!row) {
            break;
        }
    }
    return row;
}

/// Whether the number fills the cell but for a unit: `-`, `N/A` and `3:15` are none.
std::optional<double> whole_number(std::string_view text, rule const& what) {
    auto const found = number_at_begin(text);
    if (!found) {
        return std::nullopt;
    }
    auto const rest = text.substr(found->size);
    bool const is_unit = rest.empty() || rest == "%" || std::ranges::all_of(rest, base::is_letter);
    return is_unit ? number_in(text, what) : std::nullopt;
}

void find_cell(std::string_view output, cell_place const& where, rule const& what,
               std::vector<selected>& to) {
    auto const row = row_at(output, where.row);
    auto const cell = row ? positional_cell(*row, where.column) : std::nullopt;
    if (cell) {
        add(whole_number(*cell, what), to);
    }
}

void find_row(std::string_view output, row_place const& where, rule const& what,
              std::vector<selected>& to) {
    bool const by_name = where.value.what == column::kind::heading;
    std::optional<heading> names;
    rows all(output);
    for (auto row = all.next(); row; row = all.next()) {
        if (by_name && !names) {
            names = heading::in(*row, where.value.name);
            if (names) {
                continue; // they name no value of their own
            }
        }
        bool const is_it = where.number != 0 ? all.number() == where.number
                                             : base::trim(*row).starts_with(where.text);
        if (is_it && (!by_name || names)) {
            auto const cells = cells_of(*row);
            if (auto const at = place_of(where.value, cells, names)) {
                add(whole_number(cells[*at].text, what), to);
            }
            return;
        }
    }
}

class table_reader {
public:
    table_reader(each_row const& where, rule const& what, std::size_t most,
                 std::vector<selected>& to)
        : where_(where), what_(what), most_(most), to_(to) {}

    void read(std::string_view output) {
        rows all(output);
        for (auto row = all.next(); row && to_.size() < most_; row = all.next()) {
            line(*row);
        }
    }

private:
    void line(std::string_view row) {
        if (is_heading(row)) {
            return;
        }
        auto const cells = cells_of(row);
        // A name that is too long stands in a row of its own (df): what follows belongs to it.
        bool const goes_on = !alone_.empty() && !row.empty() && base::is_blank(row[0]);
        auto const about = goes_on ? std::string(alone_) + ' ' + std::string(row) : std::string();
        auto const judged = goes_on ? std::string_view(about) : row;
        alone_ = cells.size() == 1 ? row : std::string_view();
        auto const at = place_of(where_.value, cells, value_);
        if (!at || (what_.only && !what_.only->matches(judged)) ||
            (what_.except && what_.except->matches(judged))) {
            return;
        }
        auto const instance = instance_in(row, cells, *at);
        auto const value = whole_number(cells[*at].text, what_);
        if (value && instance && !instance->empty()) {
            to_.push_back({instance_of(*instance), *value});
        }
    }

    /// Those that are named must have been before.
    bool is_heading(std::string_view row) {
        bool found = false;
        auto const look = [&](column const& wanted, std::optional<heading>& to) {
            if (wanted.what == column::kind::heading && !to) {
                to = heading::in(row, wanted.name);
                found = found || to.has_value();
            }
        };
        look(where_.value, value_);
        look(where_.instance, instance_);
        return found;
    }

    [[nodiscard]] std::optional<std::string_view>
    instance_in(std::string_view row, std::vector<cell> const& cells, std::size_t value) const {
        if (where_.instance.what == column::kind::rest) {
            return value + 1 < cells.size()
                       ? std::optional(base::trim(row.substr(cells[value + 1].begin)))
                       : std::nullopt;
        }
        auto const at = place_of(where_.instance, cells, instance_);
        if (!at) {
            return std::nullopt;
        }
        // The last heading is also of what stands behind it: the blanks of a name belong to it.
        bool const to_end = where_.instance.what == column::kind::heading && *at > value &&
                            where_.instance.name.find(' ') != std::string::npos;
        return to_end ? base::trim(row.substr(cells[*at].begin)) : cells[*at].text;
    }

    each_row const& where_;
    rule const& what_;
    std::size_t most_;
    std::vector<selected>& to_;
    std::optional<heading> value_;
    std::optional<heading> instance_;
    std::string_view alone_;
};

void find_lone_number(std::string_view output, rule const& what, std::vector<selected>& to) {
    rows all(output);
    for (auto row = all.next(); row; row = all.next()) {
        auto const text = base::trim(*row);
        if (!text.empty() && text.find_first_of(" \t") == std::string_view::npos) {
            if (auto const found = whole_number(text, what)) {
                add(found, to);
                return;
            }
        }
    }
}

} // namespace

json_document const& selection::json() {
    if (!json_) {
        json_ = std::make_unique<json_document>(output_);
    }
    return *json_;
}

std::vector<selected> selection::find(rule const& what, std::size_t most) {
    std::vector<selected> all;
    std::visit(
        [&](auto const& where) {
            using place = std::decay_t<decltype(where)>;
            if constexpr (std::is_same_v<place, cell_place>) {
                find_cell(output_, where, what, all);
            } else if constexpr (std::is_same_v<place, row_place>) {
                find_row(output_, where, what, all);
            } else if constexpr (std::is_same_v<place, each_row>) {
                table_reader(where, what, most, all).read(output_);
            } else if constexpr (std::is_same_v<place, beside_text>) {
                add(beside(output_, where, what), all);
            } else if constexpr (std::is_same_v<place, lone_number>) {
                find_lone_number(output_, what, all);
            } else if constexpr (std::is_same_v<place, by_pattern>) {
                for (auto const& one : where.expression->find(output_, most)) {
                    if (auto const value = number_in(one.value, what)) {
                        all.push_back({instance_of(one.instance), *value});
                    }
                }
            } else if constexpr (std::is_same_v<place, by_pointer>) {
                all = json().find(where, what.kept_in.factor, most);
            }
        },
        what.where);
    return all;
}

} // namespace trafikito::server::values
