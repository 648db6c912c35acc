#include "config/expansions.hpp"

#include "base/ascii.hpp"
#include "config/command_word.hpp"
#include "config/diagnostic.hpp"
#include "config/shell_scanner.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::size_t most = 8;
constexpr std::size_t longest_name = 40; ///< of what is shown

/// What a command finds around it (exec/command.hpp), and what a POSIX shell sets by itself.
constexpr std::array<std::string_view, 12> always_set{"BASEDIR", "HOME",   "IFS",    "LANG",
                                                      "LC_ALL",  "LINENO", "OPTIND", "PATH",
                                                      "PPID",    "PS4",    "PWD",    "USER"};

constexpr std::string_view special = "*@#?!-$";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// `$NAME` or `${NAME…}`.
struct parameter {
    std::string_view name; ///< digits, one special character, or a variable; empty: none
    std::string shown; ///< without its `$`; what braces do to it is left out: it may be anything
    bool has_default = false;
};

std::string_view name_at(std::string_view text, bool in_braces) {
    if (text.empty()) {
        return {};
    }
    if (is_digit(text.front())) {
        auto const end = in_braces ? text.find_first_not_of("0123456789") : 1;
        return text.substr(0, end);
    }
    if (special.find(text.front()) != std::string_view::npos) {
        return text.substr(0, 1);
    }
    auto const end = std::ranges::find_if_not(text, base::is_word);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::string shown(std::string_view name) {
    return std::string(name.substr(0, longest_name)) + (name.size() > longest_name ? "…" : "");
}

/// `text` begins with the `$`.
parameter parameter_at(std::string_view text) {
    if (!text.starts_with("${")) {
        auto const name = name_at(text.substr(1), false);
        return {name, shown(name), false};
    }
    bool const length = text.starts_with("${#") && text.size() > 3 && text[3] != '}';
    std::size_t const begin = length ? 3 : 2;
    auto const name = name_at(text.substr(begin), true);
    auto rest = text.substr(begin + name.size());
    auto const* const more = rest.starts_with('}') ? "}" : "…}";
    rest.remove_prefix(rest.starts_with(':') ? 1 : 0);
    bool const has_default =
        !rest.empty() && (rest.front() == '-' || rest.front() == '=' || rest.front() == '+');
    return {name, (length ? "{#" : "{") + shown(name) + more, has_default};
}

std::string what_stands_in_place_of(std::string_view name) {
    switch (name.front()) {
    case '$':
        return "its own process id";
    case '0':
        return name == "0" ? "its own name" : "nothing";
    case '?':
    case '#':
        return "0";
    case '-':
        return "its own options";
    default:
        return "nothing";
    }
}

class scanner {
public:
    scanner(std::string_view text, std::span<std::string const> command_env)
        : text_(text), command_env_(command_env) {}

    std::vector<lost_expansion> scan() && {
        while (at_ < text_.size() && found_.size() < most) {
            open_.empty() ? read_quoted() : read_substitution();
        }
        return std::move(found_);
    }

private:
    /// Between double quotes: a backslash protects a few characters, single quotes protect nothing.
    void read_quoted() {
        switch (text_[at_]) {
        case '\\': {
            bool const escapes =
                at_ + 1 < text_.size() &&
                (text_[at_ + 1] == '$' || text_[at_ + 1] == '`' || text_[at_ + 1] == '\\');
            at_ += escapes ? 2 : 1;
            break;
        }
        case '`':
            open_.push_back('`');
            ++at_;
            break;
        case '$':
            read_dollar();
            break;
        default:
            ++at_;
        }
    }

    /// Inside `$(…)` or backquotes: a command, read as such.
    void read_substitution() {
        switch (text_[at_]) {
        case '\\':
            at_ += 2;
            break;
        case '\'':
            at_ = std::min(text_.find('\'', at_ + 1), text_.size() - 1) + 1;
            break;
        case '`':
            open_.back() == '`' ? open_.pop_back() : open_.push_back('`');
            ++at_;
            break;
        case '(':
            open_.push_back('(');
            ++at_;
            break;
        case ')':
            if (open_.back() == '(') {
                open_.pop_back();
            }
            ++at_;
            break;
        case '$':
            read_dollar();
            break;
        default:
            ++at_;
        }
    }

    void read_dollar() {
        auto const rest = text_.substr(at_);
        if (rest.starts_with("$((") && open_.empty()) { // arithmetic is read like a quoted text
            at_ += 3;
            return;
        }
        if (rest.starts_with("$(")) {
            open_.push_back('(');
            at_ += 2;
            return;
        }
        if (auto const size = size_of_bash(rest); size != 0) {
            add_of_bash(rest.substr(0, size));
            at_ += size;
            return;
        }
        auto const one = parameter_at(rest);
        if (one.name.empty()) { // a `$` that is nothing but that
            ++at_;
            return;
        }
        if (!one.has_default && is_lost(one.name)) {
            add(one);
        }
        // On behind the name: what the braces do to it may hold further ones.
        at_ += static_cast<std::size_t>(one.name.data() - rest.data()) + one.name.size();
    }

    /// Of a `${…}` that a POSIX shell cannot read; 0 where there is none.
    static std::size_t size_of_bash(std::string_view text) {
        auto const end =
            text.starts_with("${") ? end_of_parameter(text, 2) : std::string_view::npos;
        return end != std::string_view::npos && is_expansion_of_bash(text.substr(2, end - 3)) ? end
                                                                                              : 0;
    }

    void add_of_bash(std::string_view text) {
        found_.push_back({at_,
                          in_quotes(text) +
                              " is of bash: a /bin/sh that is no bash calls it a bad substitution "
                              "when it reads this line, and runs nothing of it",
                          "Write bash -c '…' with \\$ in place of $, or use cut, sed or awk."});
    }

    [[nodiscard]] bool is_lost(std::string_view name) const {
        if (is_digit(name.front())) {
            return true;
        }
        return open_.empty() &&
               (special.find(name.front()) != std::string_view::npos || !is_set(name));
    }

    [[nodiscard]] bool is_set(std::string_view name) const {
        return std::ranges::find(always_set, name) != always_set.end() ||
               std::ranges::any_of(command_env_, [&](std::string_view one) {
                   return one.substr(0, one.find('=')) == name;
               });
    }

    void add(parameter const& one) {
        bool const variable = base::is_word(one.name.front()) && !is_digit(one.name.front());
        // `$$5` is how a Makefile has it; whoever writes that means `$5`.
        auto const behind = text_.substr(std::min(at_ + 2, text_.size()));
        bool const doubled = one.shown == "$" && !behind.empty() && base::is_word(behind.front());
        auto const escaped = doubled            ? std::string(name_at(behind, false))
                             : one.shown == "$" ? "\\$"
                                                : one.shown;
        found_.push_back(
            {at_,
             "$" + one.shown +
                 (variable ? " is not set when a shell reads this line, before the command runs: "
                             "nothing stands in its place then"
                           : " does not reach the command: a shell that reads this line puts " +
                                 what_stands_in_place_of(one.name) + " in its place"),
             "Write \\$" + escaped +
                 (variable  ? " if the command sets it, or set it by command_env."
                  : doubled ? ", with one $."
                            : ".")});
    }

    std::string_view text_;
    std::span<std::string const> command_env_;
    std::size_t at_ = 0;
    std::vector<char> open_; ///< '(' and '`', of the substitutions that the text stands in
    std::vector<lost_expansion> found_;
};

} // namespace

std::vector<lost_expansion> find_lost_expansions(std::string_view text,
                                                 std::span<std::string const> command_env) {
    return scanner(text, command_env).scan();
}

} // namespace trafikito::config
