#include "base/redactor.hpp"

#include "base/ascii.hpp"
#include "base/hexadecimal.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace trafikito::base {

namespace {

constexpr std::size_t shortest = 4;
constexpr std::size_t shortest_encoded = 6; ///< a shorter one's base64 stands in many a word
constexpr std::size_t telling = 8;          ///< characters that give a part of a secret away
constexpr std::size_t most_secrets = 256;
constexpr std::string_view blank = "…";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct decoded {
    char value = 0;
    std::size_t size = 0; ///< bytes of the text; 0: it is no escape
};

std::optional<unsigned> hex_number(std::string_view text, std::size_t at, std::size_t size) {
    constexpr int hexadecimal = 16;
    return at + size > text.size() ? std::nullopt
                                   : number_in<unsigned>(text.substr(at, size), hexadecimal);
}

/// `%2F`, and `%252F` of what was encoded twice.
decoded percent_escape(std::string_view text, std::size_t at) {
    auto digits = at + 1;
    while (text.substr(digits, 2) == "25" && hex_number(text, digits + 2, 2)) {
        digits += 2;
    }
    auto const number = hex_number(text, digits, 2);
    return number ? decoded{static_cast<char>(*number), digits + 2 - at} : decoded{};
}

/// `\u002f`, `\x2f`, `\057` (or `\57`), `\/`.
decoded backslash_escape(std::string_view text, std::size_t at) {
    if (at + 1 >= text.size()) {
        return {};
    }
    char const kind = text[at + 1];
    if (kind == 'u' || kind == 'x') {
        std::size_t const size = kind == 'u' ? 4 : 2;
        auto const number = hex_number(text, at + 2, size);
        return number && *number < 0x80 ? decoded{static_cast<char>(*number), size + 2} : decoded{};
    }
    if (is_digit(kind)) {
        constexpr int octal = 8;
        auto digits = text.substr(at + 1, 3); // at most: C takes as many as there are
        digits = digits.substr(0, digits.find_first_not_of("01234567"));
        auto const number = number_in<unsigned>(digits, octal);
        return number && *number < 0x80 ? decoded{static_cast<char>(*number), digits.size() + 1}
                                        : decoded{};
    }
    return is_letter(kind) ? decoded{} : decoded{kind, 2};
}

/// `&amp;`, `&#38;`, `&#x26;`.
decoded entity(std::string_view text, std::size_t at) {
    constexpr std::size_t longest = 8;
    auto const end = text.substr(at, longest).find(';');
    if (end == std::string_view::npos || end < 3) {
        return {};
    }
    auto const name = text.substr(at + 1, end - 1);
    for (auto const& [known, value] :
         {std::pair("amp", '&'), {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}) {
        if (name == known) {
            return {value, end + 1};
        }
    }
    if (name.front() != '#') {
        return {};
    }
    bool const hex = to_lower(name[1]) == 'x';
    auto const number = hex ? hex_number(name, 2, std::max<std::size_t>(name.size(), 3) - 2)
                            : number_in<unsigned>(name.substr(1));
    return number && *number < 0x80 ? decoded{static_cast<char>(*number), end + 1} : decoded{};
}

decoded escape_at(std::string_view text, std::size_t at) {
    switch (text[at]) {
    case '%':
        return percent_escape(text, at);
    case '\\':
        return backslash_escape(text, at);
    case '&':
        return entity(text, at);
    default:
        return {};
    }
}

char plain_base64(char c) {
    return c == '-' ? '+' : c == '_' ? '/' : c;
}

bool is_base64(char c) {
    return base64_digits.find(plain_base64(c)) != std::string_view::npos;
}

/// The text was cut there, within an escape perhaps: `%3…`, `\u00…`, `&#6…`.
bool was_cut(std::string_view rest) {
    if (!rest.empty() && (rest.front() == '%' || rest.front() == '\\' || rest.front() == '&')) {
        constexpr std::size_t longest = 12; // of what may have been encoded twice
        auto const end = rest.substr(1, longest).find_first_not_of("0123456789abcdefABCDEFuUxX#");
        rest.remove_prefix(end == std::string_view::npos ? std::min(rest.size(), longest + 1)
                                                         : end + 1);
    }
    return rest.starts_with(blank) || rest.starts_with("...");
}

} // namespace

redactor::redactor(std::initializer_list<secret> secrets) {
    add(std::vector<secret>(secrets));
}

void redactor::add(secret one) {
    if (one.reveal().size() < shortest || std::ranges::find(secrets_, one) != secrets_.end()) {
        return;
    }
    if (secrets_.size() == most_secrets) {
        secrets_.erase(secrets_.begin());
        forms_.erase(forms_.begin());
    }
    forms_.push_back(forms_of(one.reveal()));
    std::ranges::for_each(forms_.back(), [this](auto& form) { note_beginning(form); });
    secrets_.push_back(std::move(one));
}

void redactor::add(std::vector<secret> const& more) {
    for (auto const& one : more) {
        add(one);
    }
}

redactor redactor::with(secret one) const {
    auto more = *this;
    more.add(std::move(one));
    return more;
}

void redactor::note_beginning(pattern& one) {
    constexpr unsigned bits = 64;
    one.bit = forms{1} << (noted_++ % bits);
    auto const note = [&](std::array<forms, 256>& of, char wanted) {
        auto const mark = [&](char c) { of.at(static_cast<unsigned char>(c)) |= one.bit; };
        for (char const c :
             {wanted, to_lower(wanted), wanted == ' ' ? '+' : wanted, '%', '\\', '&'}) {
            mark(c);
        }
        if (is_letter(wanted)) {
            mark(static_cast<char>(to_lower(wanted) - 'a' + 'A'));
        }
        if (wanted == '+' || wanted == '/') {
            mark(wanted == '+' ? '-' : '_');
        }
    };
    note(first_, one.text[0]);
    note(second_, one.text[1]); // the shortest has four
}

// What stands behind an escape's first character says nothing of the second.
redactor::forms redactor::may_begin_at(std::string_view text, std::size_t at) const {
    auto const first = static_cast<unsigned char>(text[at]);
    if (first == '%' || first == '\\' || first == '&') {
        return first_[first];
    }
    return at + 1 == text.size()
               ? 0
               : first_[first] & second_[static_cast<unsigned char>(text[at + 1])];
}

std::vector<redactor::pattern> redactor::forms_of(std::string const& secret) {
    std::vector<pattern> forms;
    pattern plain;
    plain.text = secret;
    plain.ignore_case = secret.size() >= telling;
    plain.number = std::ranges::all_of(secret, is_digit);
    forms.push_back(std::move(plain));
    if (secret.size() < shortest_encoded) {
        return forms;
    }
    pattern hex;
    hex.text = to_hexadecimal(secret);
    hex.ignore_case = true;
    forms.push_back(std::move(hex));
    for (std::size_t before = 0; before < 3; ++before) {
        forms.push_back(base64_of(secret, before));
    }
    return forms;
}

// The digits that hold bits of the secret alone, where it begins `before` bytes behind a group of
// three.
redactor::pattern redactor::base64_of(std::string const& secret, std::size_t before) {
    auto const bytes = std::string(before, '\0') + secret;
    auto const first = (before * 8 + 5) / 6;
    auto const end = bytes.size() * 8 / 6;
    pattern form;
    form.base64 = true;
    form.shared_head = before != 0;
    form.shared_tail = bytes.size() % 3 != 0;
    for (auto digit = first; digit < end; ++digit) {
        auto const bit = digit * 6;
        auto const byte_at = [&](std::size_t at) -> unsigned {
            return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
        };
        auto const pair = (byte_at(bit / 8) << 8U) | byte_at(bit / 8 + 1);
        form.text += base64_digits[(pair >> (10U - bit % 8)) & 0x3FU];
    }
    return form;
}

// How many bytes of the text at that place are the secret in this form; 0: none.
std::size_t redactor::match(pattern const& one, std::string_view text, std::size_t at) {
    auto const same = [&](char c, char wanted) {
        c = one.base64 ? plain_base64(c) : c;
        return c == wanted || (one.ignore_case && to_lower(c) == to_lower(wanted)) ||
               (wanted == ' ' && c == '+');
    };
    auto const length_of_match = [&](bool escapes) -> std::size_t {
        auto place = at;
        std::size_t done = 0;
        for (; done < one.text.size() && place < text.size(); ++done) {
            auto const escape = escapes ? escape_at(text, place) : decoded{};
            if (!same(escape.size != 0 ? escape.value : text[place], one.text[done])) {
                break;
            }
            place += escape.size != 0 ? escape.size : 1;
        }
        bool const whole =
            done == one.text.size() || (done >= telling && was_cut(text.substr(place)));
        return whole ? place - at : 0;
    };
    char const first = text[at];
    bool const escaped = first == '%' || first == '\\' || first == '&';
    if (!escaped && !same(first, one.text.front())) {
        return 0;
    }
    auto const length = length_of_match(false);
    return length != 0 ? length : length_of_match(true);
}

redactor::place redactor::find_at(std::string_view text, std::size_t at) const {
    place longest;
    auto const possible = may_begin_at(text, at);
    if (possible == 0) {
        return longest;
    }
    for (auto const& of_secret : forms_) {
        for (auto const& form : of_secret) {
            if ((form.bit & possible) == 0) {
                continue;
            }
            auto const size = match(form, text, at);
            bool const within =
                form.number && ((at > 0 && is_digit(text[at - 1])) ||
                                (at + size < text.size() && is_digit(text[at + size])));
            if (size > longest.size && !within) {
                longest = {&form, size};
            }
        }
    }
    return longest;
}

std::string redactor::operator()(std::string_view text) const {
    if (secrets_.empty()) {
        return std::string(text);
    }
    std::string clean;
    clean.reserve(text.size());
    auto const may_begin = [this](char c) { return first_[static_cast<unsigned char>(c)] != 0; };
    for (std::size_t at = 0; at < text.size();) {
        auto const rest = text.substr(at);
        auto const nothing =
            static_cast<std::size_t>(std::ranges::find_if(rest, may_begin) - rest.begin());
        clean += rest.substr(0, nothing);
        at += nothing;
        if (at == text.size()) {
            break;
        }
        auto const found = find_at(text, at);
        if (found.size == 0) {
            clean += text[at++];
            continue;
        }
        // One that begins within another goes with it.
        auto const* last = found.form;
        auto end = at + found.size;
        for (auto inner = at + 1; inner < end; ++inner) {
            auto const more = find_at(text, inner);
            if (inner + more.size > end) {
                end = inner + more.size;
                last = more.form;
            }
        }
        at = end;
        if (found.form->shared_head && !clean.empty() && is_base64(clean.back())) {
            clean.pop_back();
        }
        if (last->shared_tail && at < text.size() && is_base64(text[at])) {
            ++at;
        }
        clean += blank;
    }
    return clean;
}

} // namespace trafikito::base
