#include "config/odd_text.hpp"

#include "base/ascii.hpp"
#include "base/shell_quoting.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace trafikito::config {
namespace {

struct named {
    std::uint32_t code;
    std::string_view name;
};

constexpr std::array known_characters{
    named{0x00, "a NUL byte"},
    named{0x09, "a tab"},
    named{0x0a, "the end of a line: there is more than one"},
    named{0x0d, "a carriage return, as the lines of Windows end in"},
    named{0x1b, "an escape character"},
    named{0x20, "a blank"},
    named{0x7f, "a control character"},
    named{0xa0, "a no-break space"},
    named{0xab, "a typographic quote"},
    named{0xad, "a soft hyphen, which nobody sees"},
    named{0xb4, "an acute accent in place of a quote"},
    named{0xbb, "a typographic quote"},
    named{0x2002, "a wide blank"},
    named{0x2003, "a wide blank"},
    named{0x2009, "a thin space"},
    named{0x200b, "a zero-width space, which nobody sees"},
    named{0x200c, "a zero-width mark, which nobody sees"},
    named{0x200d, "a zero-width mark, which nobody sees"},
    named{0x200e, "a mark of the direction of writing, which nobody sees"},
    named{0x200f, "a mark of the direction of writing, which nobody sees"},
    named{0x2010, "a typographic hyphen"},
    named{0x2011, "a no-break hyphen"},
    named{0x2012, "a dash"},
    named{0x2013, "a dash"},
    named{0x2014, "a dash"},
    named{0x2018, "a typographic quote"},
    named{0x2019, "a typographic quote"},
    named{0x201a, "a typographic quote"},
    named{0x201b, "a typographic quote"},
    named{0x201c, "a typographic quote"},
    named{0x201d, "a typographic quote"},
    named{0x201e, "a typographic quote"},
    named{0x2026, "an ellipsis: is the rest of it missing?"},
    named{0x202f, "a narrow no-break space"},
    named{0x2060, "a zero-width mark, which nobody sees"},
    named{0x2212, "a minus sign"},
    named{0x3000, "a wide blank"},
    named{0xfeff, "a byte order mark, which nobody sees"},
    named{0xfffd, "what another program put in place of what it could not read"},
};

std::string in_hex(char const* form, std::uint32_t number) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), form, number);
    return text.data();
}

bool is_hex_digit(char c) {
    return base::is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view text) {
    constexpr std::size_t size = 36;
    constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};
    if (text.size() != size) {
        return false;
    }
    for (std::size_t at = 0; at < size; ++at) {
        bool const dash = std::ranges::find(dashes, at) != dashes.end();
        if (dash ? text[at] != '-' : !is_hex_digit(text[at])) {
            return false;
        }
    }
    return true;
}

/// Of what keys are made; no path, address or duration is.
bool is_of_key(char c) {
    return base::is_word(c) || c == '-' || c == '+';
}

bool is_quote(char c) {
    return c == '"' || c == '\'' || c == '`';
}

/// `$NAME`, `${NAME:-x}`, `$(cat FILE)`, `%NAME%`: nothing but that.
std::string_view kind_of_variable(std::string_view text) {
    auto const is_capital = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
    auto const may_follow = [&](char c) { return is_capital(c) || base::is_digit(c); };
    auto const is_name = [&](std::string_view name) {
        return !name.empty() && is_capital(name.front()) && std::ranges::all_of(name, may_follow);
    };
    if (text.starts_with("${") && text.ends_with('}')) {
        return "${";
    }
    if (text.starts_with("$(") && text.ends_with(')')) {
        return "$(";
    }
    if (text.starts_with('$') && is_name(text.substr(1))) {
        return "$";
    }
    bool const windows = text.size() > 2 && text.starts_with('%') && text.ends_with('%') &&
                         is_name(text.substr(1, text.size() - 2));
    return windows ? "%" : "";
}

} // namespace

std::string name_of_character(std::string_view text, std::size_t at) {
    auto const one = base::first_character(text.substr(at));
    if (one.size == 0) {
        return "a byte that is no UTF-8 (" +
               in_hex("0x%02x", static_cast<unsigned char>(text[at])) + ')';
    }
    auto const* const found = std::ranges::find(known_characters, one.code, &named::code);
    bool const plain = one.code >= 0x20 && one.code < 0x7f;
    std::string const number = plain ? "" : " (" + in_hex("U+%04X", one.code) + ')';
    if (found != known_characters.end()) {
        return std::string(found->name) + number;
    }
    return (one.code < 0x20 ? "a control character" : "a character that is no ASCII") + number;
}

std::size_t find_odd_character(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        auto const one = base::first_character(text.substr(at));
        bool const known =
            std::ranges::find(known_characters, one.code, &named::code) != known_characters.end();
        if (one.size == 0 || (one.code >= 0x80 && known)) {
            return at;
        }
        at += one.size;
    }
    return std::string_view::npos;
}

bool is_utf16(std::string_view text) {
    constexpr std::string_view little = "\xff\xfe";
    constexpr std::string_view big = "\xfe\xff";
    if (text.starts_with(little) || text.starts_with(big)) {
        return true;
    }
    constexpr std::size_t looked_at = 64;
    auto const beginning = text.substr(0, looked_at);
    auto const nuls = [&](std::size_t from) {
        for (auto at = from; at < beginning.size(); at += 2) {
            if (beginning[at] != '\0' || beginning[at ^ 1U] == '\0') {
                return false;
            }
        }
        return true;
    };
    return beginning.size() >= 4 && beginning.size() % 2 == 0 && (nuls(0) || nuls(1));
}

std::string_view words_for_utf16() {
    return "the file is in UTF-16, as some editors of Windows write it, and not in ASCII or UTF-8";
}

std::string mend_of_utf16(std::string_view file) {
    auto const quoted = base::shell_quoted(std::string(file));
    auto const beside = base::shell_quoted(std::string(file) + ".new");
    return "Type: (umask 77; iconv -f UTF-16 -t UTF-8 " + quoted + " >" + beside + " && cat " +
           beside + " >" + quoted + "; rm -f " + beside + ")";
}

std::string oddity_of_token(std::string_view value) {
    if (value.size() >= 2 && is_quote(value.front()) && value.back() == value.front()) {
        return "stands between quotes here, and they would be a part of it";
    }
    if (auto const kind = kind_of_variable(value); !kind.empty()) {
        return "begins with " + std::string(kind) +
               ", as a variable does: the agent replaces none, and takes it as it stands";
    }
    if (value.size() > 2 && value.front() == '<' && value.back() == '>') {
        return "stands between < and >, as what is to be replaced does";
    }
    return {};
}

bool looks_like_key(std::string_view text) {
    constexpr std::string_view token = "enroll-";
    constexpr std::size_t of_token = 16;
    if (text.starts_with(token)) {
        return text.size() >= token.size() + of_token;
    }
    constexpr std::size_t least = 32;
    constexpr std::ptrdiff_t digits = 4;
    while (text.ends_with('=')) { // of base64
        text.remove_suffix(1);
    }
    return text.size() >= least && !is_uuid(text) && std::ranges::all_of(text, is_of_key) &&
           std::ranges::count_if(text, base::is_digit) >= digits &&
           std::ranges::any_of(text, base::is_letter);
}

bool looks_like_name(std::string_view text) {
    constexpr std::size_t longest = 24;
    constexpr std::ptrdiff_t digits = 4;
    return is_uuid(text) ||
           (text.size() <= longest && std::ranges::count_if(text, base::is_digit) <= digits);
}

std::string with_keys_masked(std::string_view text) {
    std::string masked(text);
    for (std::size_t at = 0; at < text.size();) {
        if (!is_of_key(text[at])) {
            ++at;
            continue;
        }
        auto end = at;
        while (end < text.size() && is_of_key(text[end])) {
            ++end;
        }
        if (looks_like_key(text.substr(at, end - at))) {
            std::fill(masked.begin() + static_cast<std::ptrdiff_t>(at),
                      masked.begin() + static_cast<std::ptrdiff_t>(end), '*');
        }
        at = end;
    }
    return masked;
}

} // namespace trafikito::config
