#include "server/values/table.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::server::values {

namespace {

bool separates(char c, bool commas) {
    return base::is_blank(c) || (commas && c == ',');
}

} // namespace

std::vector<cell> cells_of(std::string_view row, bool commas) {
    std::vector<cell> all;
    all.reserve(16);
    for (std::size_t at = 0; at < row.size() && all.size() < max_columns;) {
        while (at < row.size() && separates(row[at], commas)) {
            ++at;
        }
        auto const begin = at;
        while (at < row.size() && !separates(row[at], commas)) {
            ++at;
        }
        if (at != begin) {
            all.push_back({row.substr(begin, at - begin), begin});
        }
    }
    return all;
}

// Blanks and commas alone, as documented: a tab separates nothing.
std::optional<std::string_view> positional_cell(std::string_view row, std::size_t column) {
    std::size_t at = 0;
    for (std::size_t number = 1; number <= max_columns; ++number) {
        auto const end = std::min(row.find_first_of(" ,", at), row.size());
        if (number == column) {
            return row.substr(at, end - at);
        }
        at = row.find_first_not_of(" ,", end);
        if (at == std::string_view::npos) {
            return end < row.size() && number + 1 == column ? std::optional(row.substr(row.size()))
                                                            : std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> rows::next() {
    if (rest_.empty() || number_ == max_rows) {
        return std::nullopt;
    }
    ++number_;
    auto const end = std::min(rest_.find('\n'), rest_.size());
    auto row = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (row.ends_with('\r')) {
        row.remove_suffix(1);
    }
    return row;
}

std::optional<heading> heading::in(std::string_view row, std::string_view name) {
    if (row.find(name) == std::string_view::npos) {
        return std::nullopt; // most rows, at once
    }
    auto const all = cells_of(row);
    auto const wanted = cells_of(name);
    auto const found = std::ranges::search(all, wanted, {}, &cell::text, &cell::text);
    if (wanted.empty() || found.empty()) {
        return std::nullopt;
    }
    heading result;
    result.column_ = static_cast<std::size_t>(found.begin() - all.begin());
    result.begin_ = all.front().begin;
    return result;
}

std::size_t heading::column_in(std::vector<cell> const& row) const {
    bool const has_name =
        !row.empty() && begin_ != 0 && row.front().begin + row.front().text.size() <= begin_;
    return column_ + (has_name ? 1 : 0);
}

} // namespace trafikito::server::values
