#include "config/excerpt.hpp"

#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "base/stable_sort.hpp"
#include "config/key.hpp"
#include "config/odd_text.hpp"

#include <algorithm>
#include <array>

namespace trafikito::config {
namespace {

constexpr std::size_t longest = 100; ///< characters shown of a line
constexpr std::size_t before = 60;   ///< of them in front of the column

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

/// Where a character begins, at or before `at`.
std::size_t begin_of_character(std::string_view text, std::size_t at) {
    while (at > 0 && at < text.size() && continues_character(text[at])) {
        --at;
    }
    return at;
}

std::string_view key_at_start(std::string_view line) {
    line = base::trim(line);
    constexpr std::string_view word = "export";
    if (line.starts_with(word) && line.size() > word.size() && base::is_blank(line[word.size()])) {
        line = base::trim(line.substr(word.size()));
    }
    auto const end = std::ranges::find_if_not(line, base::is_word);
    return line.substr(0, static_cast<std::size_t>(end - line.begin()));
}

/// Another assignment in the same line: `server_id=a;api_key=b`.
bool speaks_of_secret(std::string_view text) {
    constexpr std::array<std::string_view, 5> words{"api_key", "apikey", "password", "secret",
                                                    "token"};
    auto const lowered = base::lower(text);
    return std::ranges::any_of(words,
                               [&](auto word) { return lowered.find(word) != std::string::npos; });
}

/// A word at the start of a line that is rather a key which lost its name.
bool may_be_key(std::string_view name) {
    constexpr std::size_t longest_name = 20;
    constexpr std::ptrdiff_t digits = 2;
    return looks_like_key(name) || name.size() > 2 * longest_name ||
           (name.size() > longest_name && std::ranges::count_if(name, base::is_digit) >= digits);
}

bool may_be_shown(std::string_view line, std::string_view name) {
    auto const* const known = find_key(name);
    auto const behind =
        line.substr(static_cast<std::size_t>(name.data() - line.data()) + name.size());
    if (known == nullptr || known->is_secret() || speaks_of_secret(behind)) {
        return false;
    }
    bool const address = known->type == value_type::url || known->type == value_type::url_list;
    return !address || line.find_first_of("@?") == std::string_view::npos;
}

} // namespace

source_excerpt excerpt_of(std::string_view line, std::size_t column) {
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    auto const at = std::min(column == 0 ? 0 : column - 1, line.size());
    auto const begin = at > longest - 1 ? begin_of_character(line, at - before) : 0;
    auto const rest = line.substr(begin);
    auto const size = base::whole_characters(rest, longest);
    source_excerpt found;
    std::string const cut = begin == 0 ? "" : "...";
    found.text = cut + base::one_line(rest.substr(0, size)) + (size < rest.size() ? "..." : "");
    if (column != 0) {
        found.caret =
            characters_in(cut) + characters_in(base::one_line(line.substr(begin, at - begin))) + 1;
    }
    return found;
}

std::string shown_part_of_setting(std::string_view line) {
    auto const name = key_at_start(line);
    if (name.empty()) {
        return {};
    }
    if (may_be_shown(line, name)) {
        return with_keys_masked(line);
    }
    // As far as what is known to be no secret: the name, and what stands in front of it.
    auto const end = static_cast<std::size_t>(name.data() - line.data()) + name.size();
    auto const equals = line.find_first_not_of(" \t", end);
    bool const assigned = equals != std::string_view::npos && line[equals] == '=';
    if (may_be_key(name) || (!assigned && find_key(name) == nullptr)) {
        return {};
    }
    return std::string(line.substr(0, assigned ? equals + 1 : end)) + " ...";
}

std::string shown_part_of_command(std::string_view line) {
    constexpr std::string_view prefix = "trafikito_";
    auto const* const known = line.starts_with(prefix)
                                  ? nullptr
                                  : find_key(key_at_start(line)); // a line of trafikito.cfg
    return known != nullptr ? shown_part_of_setting(line) : with_keys_masked(line);
}

void add_excerpts(std::vector<diagnostic>& found, std::string_view file, std::string_view text,
                  text_kind kind) {
    std::vector<diagnostic*> wanted;
    for (auto& one : found) {
        if (one.line != 0 && one.file == file && one.source.text.empty()) {
            wanted.push_back(&one);
        }
    }
    base::stable_sort(wanted, [](diagnostic const* one) { return one->line; });
    base::line_reader lines(text);
    auto next = wanted.begin();
    while (next != wanted.end()) {
        auto const line = lines.next();
        if (!line) {
            return;
        }
        for (; next != wanted.end() && (*next)->line == line->number; ++next) {
            auto const shown = kind == text_kind::settings ? shown_part_of_setting(line->text)
                                                           : shown_part_of_command(line->text);
            (*next)->source = excerpt_of(shown, std::min((*next)->column, shown.size() + 1));
        }
    }
}

} // namespace trafikito::config
