#include "config/command_word.hpp"

#include "base/ascii.hpp"
#include "config/shell_scanner.hpp"

#include <algorithm>
#include <array>

namespace trafikito::config {
namespace {

/// What bash sets by itself, and a POSIX shell does not.
constexpr std::array<std::string_view, 16> variables_of_bash{
    "BASHPID", "BASH_SOURCE", "BASH_VERSION", "EPOCHREALTIME", "EPOCHSECONDS", "EUID",   "FUNCNAME",
    "GROUPS",  "HOSTNAME",    "HOSTTYPE",     "MACHTYPE",      "OSTYPE",       "RANDOM", "SECONDS",
    "SRANDOM", "UID"};

constexpr std::size_t longest_shown = 40;

std::string shown(std::string_view text) {
    return std::string(text.substr(0, longest_shown)) + (text.size() > longest_shown ? "…" : "");
}

/// The `{…}` at the beginning of `text` when bash makes words of it: `{1..3}`, `{a,b}`, not the
/// `{2,3}` of a regular expression nor the `{}` of find.
std::string_view braces_at(std::string_view text) {
    constexpr std::size_t longest = 200;
    auto const end = text.substr(0, longest).find_first_of("} \t'\"`$\\;|&<>()", 1);
    if (end == std::string_view::npos || text[end] != '}') {
        return {};
    }
    auto const inside = text.substr(1, end - 1);
    auto const dots = inside.find("..");
    bool const range = dots != std::string_view::npos && dots != 0 && dots + 2 < inside.size() &&
                       std::ranges::all_of(
                           inside, [](char c) { return base::is_word(c) || c == '.' || c == '-'; });
    bool const list =
        inside.find(',') != std::string_view::npos &&
        inside.find_first_of("{:") == std::string_view::npos &&
        !std::ranges::all_of(inside, [](char c) { return base::is_digit(c) || c == ','; });
    return range || list ? text.substr(0, end + 1) : std::string_view();
}

class reader {
public:
    reader(std::string_view text, std::size_t& at, word_surroundings& around)
        : text_(text), at_(at), around_(around) {}

    command_word read() && {
        command_word word;
        word.offset = at_;
        while (at_ < text_.size() && !base::is_blank(text_[at_]) &&
               !is_shell_operator(text_[at_])) {
            take_piece(word);
        }
        return word;
    }

private:
    void take_piece(command_word& word) {
        char const c = text_[at_];
        if (c == '\'') {
            word.quoted = true;
            take_single_quotes(word);
        } else if (c == '"') {
            word.quoted = true;
            take_double_quotes(word);
        } else if (c == '\\') {
            word.quoted = true;
            if (at_ + 1 == text_.size()) {
                around_.complain(shell_fault::kind::backslash, at_);
            } else {
                word.text += text_[at_ + 1];
            }
            at_ = std::min(at_ + 2, text_.size());
        } else {
            note_unquoted(word, c);
            take_expansion(word);
        }
    }

    void note_unquoted(command_word& word, char c) {
        word.pattern = word.pattern || c == '*' || c == '?' || c == '[';
        auto const rest = text_.substr(at_);
        if (c == '{' && (at_ == 0 || text_[at_ - 1] != '$')) {
            if (auto const braces = braces_at(rest); !braces.empty()) {
                around_.note({shown(braces), at_, bash_word::kind::braces});
            }
        } else if (rest.starts_with("$'")) {
            around_.note({"$'…'", at_, bash_word::kind::quoting});
        }
    }

    void take_single_quotes(command_word& word) {
        auto const end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos) {
            around_.complain(shell_fault::kind::single_quote, at_);
            at_ = text_.size();
            return;
        }
        word.text += text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
    }

    void take_double_quotes(command_word& word) {
        auto const opened = at_++;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                word.text += text_[at_ + 1];
                at_ += 2;
            } else {
                take_expansion(word);
            }
        }
        if (at_ == text_.size()) {
            around_.complain(shell_fault::kind::double_quote, opened);
            return;
        }
        ++at_;
    }

    /// A `$…`, a backquote, or a plain character.
    void take_expansion(command_word& word) {
        char const c = text_[at_];
        if (c == unknown_text) {
            add_unknown(word);
            ++at_;
        } else if (c == '`') {
            add_unknown(word);
            take_backquotes();
        } else if (c == '$') {
            take_dollar(word);
        } else {
            word.text += c;
            ++at_;
        }
    }

    static void add_unknown(command_word& word) {
        word.text += unknown_text;
        word.known = false;
    }

    void take_dollar(command_word& word) {
        auto const rest = text_.substr(at_);
        auto const opened = at_;
        if (rest.starts_with("$((")) {
            add_unknown(word);
            auto const end = text_.find("))", at_);
            at_ = end == std::string_view::npos ? text_.size() : end + 2;
            note_arithmetic(text_.substr(opened, at_ - opened), opened);
        } else if (rest.starts_with("$(")) {
            add_unknown(word);
            at_ += 2;
            if (!around_.read_substitution(at_)) {
                around_.complain(shell_fault::kind::substitution, opened);
            }
        } else if (rest.starts_with("${")) {
            add_unknown(word);
            auto const end = end_of_parameter(text_, at_ + 2);
            at_ = std::min(end, text_.size());
            if (end == std::string_view::npos) {
                around_.complain(shell_fault::kind::parameter, opened);
            } else if (is_expansion_of_bash(text_.substr(opened + 2, end - opened - 3))) {
                around_.note({shown(text_.substr(opened, end - opened)), opened,
                              bash_word::kind::expansion});
            }
        } else if (auto const size = size_of_parameter(rest.substr(1)); size != 0) {
            add_unknown(word);
            if (std::ranges::find(variables_of_bash, rest.substr(1, size)) !=
                variables_of_bash.end()) {
                around_.note(
                    {std::string(rest.substr(0, size + 1)), opened, bash_word::kind::variable});
            }
            at_ += 1 + size;
        } else {
            word.text += '$';
            ++at_;
        }
    }

    void note_arithmetic(std::string_view text, std::size_t where) {
        if (text.find("++") != std::string_view::npos ||
            text.find("**") != std::string_view::npos) {
            around_.note({shown(text), where, bash_word::kind::arithmetic});
        }
    }

    void take_backquotes() {
        auto const opened = at_++;
        auto end = at_;
        while (end < text_.size() && text_[end] != '`') {
            end += text_[end] == '\\' ? 2 : 1;
        }
        if (end >= text_.size()) {
            around_.complain(shell_fault::kind::backquote, opened);
            at_ = text_.size();
            return;
        }
        around_.read_backquoted(at_, end);
        at_ = end + 1;
    }

    std::string_view text_;
    std::size_t& at_;
    word_surroundings& around_;
};

} // namespace

bool is_expansion_of_bash(std::string_view inside) {
    if (inside.starts_with('!')) { // `${!a}`; `${!}` is the last one in the background
        return inside.size() > 1 && base::is_word(inside[1]);
    }
    inside.remove_prefix(
        inside.size() > 1 && inside.front() == '#' && base::is_word(inside[1]) ? 1 : 0);
    auto const name = size_of_parameter(inside);
    auto const rest = inside.substr(std::min(base::is_digit(inside.empty() ? 'x' : inside.front())
                                                 ? inside.find_first_not_of("0123456789")
                                                 : name,
                                             inside.size()));
    if (name == 0 || rest.empty()) {
        return false;
    }
    constexpr std::string_view of_bash = "/^,@[";
    constexpr std::string_view posix_behind_colon = "-=?+";
    return of_bash.find(rest.front()) != std::string_view::npos ||
           (rest.front() == ':' &&
            (rest.size() == 1 || posix_behind_colon.find(rest[1]) == std::string_view::npos));
}

command_word read_command_word(std::string_view text, std::size_t& at, word_surroundings& around) {
    return reader(text, at, around).read();
}

} // namespace trafikito::config
