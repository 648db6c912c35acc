#include "config/assignments.hpp"

#include "base/ascii.hpp"
#include "config/diagnostic_sink.hpp"
#include "config/key.hpp"
#include "config/odd_text.hpp"
#include "config/shell_word.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::size_t longest_key = 64;

/// A value that an installation was to fill in: `{{API_KEY}}`.
bool holds_placeholder(std::string_view value) {
    auto const open = value.find("{{");
    return open != std::string_view::npos && value.find("}}", open + 2) != std::string_view::npos;
}

class parser {
public:
    explicit parser(std::string_view file) : problems_(file), file_(file) {}

    assignments parse(std::string_view text) && {
        if (is_utf16(text)) {
            problems_.error(0, 0, std::string(words_for_utf16()), mend_of_utf16(file_));
            return {{}, std::move(problems_).take()};
        }
        base::line_reader lines(text);
        while (auto line = lines.next()) {
            if (line->text.ends_with('\r')) {
                line->text.remove_suffix(1);
            }
            number_ = line->number;
            line_ = line->text;
            if (fit_to_read()) {
                read_line();
            }
        }
        return {std::move(list_), std::move(problems_).take()};
    }

private:
    [[nodiscard]] std::size_t column() const { return at_ + 1; }

    void error(std::string what, std::string hint) {
        problems_.error(number_, column(), std::move(what), std::move(hint));
    }

    bool fit_to_read() {
        at_ = 0;
        if (line_.size() > base::max_line_length) {
            problems_.error(number_, 0,
                            "the line is longer than " + std::to_string(base::max_line_length) +
                                " bytes",
                            "A configuration has short lines; is this the right file?");
            return false;
        }
        auto const bad =
            std::ranges::find_if(line_, [](char c) { return base::is_control(c) && c != '\t'; });
        if (bad == line_.end()) {
            return true;
        }
        at_ = static_cast<std::size_t>(bad - line_.begin());
        error(*bad == '\0' ? "a NUL byte: this is not a text file"
                           : "a control character (" + in_quotes({bad, 1}) + ")",
              "Remove it; the line is not read.");
        return false;
    }

    void skip_blanks() {
        while (at_ < line_.size() && base::is_blank(line_[at_])) {
            ++at_;
        }
    }

    /// A # opens a comment at the start of a line and behind a blank, nowhere else.
    [[nodiscard]] bool at_end_or_comment() const {
        return at_ == line_.size() ||
               (line_[at_] == '#' && (at_ == 0 || base::is_blank(line_[at_ - 1])));
    }

    std::string_view take_word() {
        auto const begin = at_;
        while (at_ < line_.size() && base::is_word(line_[at_])) {
            ++at_;
        }
        return line_.substr(begin, at_ - begin);
    }

    void read_line() {
        skip_blanks();
        if (at_end_or_comment()) {
            return;
        }
        auto const start = at_;
        auto const name = take_word();
        bool exported = false;
        if (name == "export" && at_ < line_.size() && base::is_blank(line_[at_])) {
            exported = true;
            skip_blanks();
            if (only_names_follow()) {
                return;
            }
        } else {
            at_ = start;
        }
        read_assignment(exported);
    }

    /// `export NAME NAME` marks variables that were set before: nothing to us.
    [[nodiscard]] bool only_names_follow() const {
        auto const rest = line_.substr(at_, line_.find('#', at_) - at_);
        return std::ranges::all_of(rest,
                                   [](char c) { return base::is_word(c) || base::is_blank(c); });
    }

    void read_assignment(bool exported) {
        assignment one;
        one.line = number_;
        one.column = column();
        auto const name = take_word();
        bool const blank_before = at_ < line_.size() && base::is_blank(line_[at_]);
        skip_blanks();
        // What stands in such a line is not shown: it may be a key that lost its name.
        bool const is_name =
            !name.empty() && !base::is_digit(name.front()) && name.size() <= longest_key;
        if (!is_name || at_ == line_.size() || line_[at_] != '=') {
            at_ = is_name ? at_ : one.column - 1;
            error(words_for_no_assignment(),
                  "Write `key = value` or `export KEY=\"value\"`, or begin the line with #.");
            return;
        }
        ++at_;
        bool const blank_after = at_ < line_.size() && base::is_blank(line_[at_]);
        auto const* const known = find_key(name);
        one.key = known != nullptr ? std::string(known->name) : base::lower(name);
        if (exported || (!blank_before && !blank_after)) {
            read_shell_value(one, exported);
        } else {
            read_plain_value(one);
        }
        if (!one.broken && holds_placeholder(one.value)) {
            broken(one, one.value_column - 1,
                   "the installation did not replace the {{...}} of " + one.key,
                   "Write the value in its place, or install again.");
        }
        keep(std::move(one));
    }

    /// Where a character stands that looks like a blank, a quote or a hyphen, it is named.
    [[nodiscard]] std::string words_for_no_assignment() const {
        bool const odd =
            at_ < line_.size() && (static_cast<unsigned char>(line_[at_]) & 0x80U) != 0;
        return std::string("this is not `key = value`") +
               (odd ? ": " + name_of_character(line_, at_) + " stands here" : std::string()) +
               "; the line is not read";
    }

    void broken(assignment& one, std::size_t position, std::string what, std::string hint) {
        at_ = position;
        error(std::move(what), std::move(hint));
        one.broken = true;
        one.value.clear();
    }

    void read_shell_value(assignment& one, bool exported) {
        skip_blanks();
        one.value_column = column();
        if (at_end_or_comment()) {
            return;
        }
        auto const begin = at_;
        auto word = read_shell_word(line_.substr(at_), exported);
        if (!word.problem.empty()) {
            broken(one, begin + word.position, std::move(word.problem), std::move(word.hint));
            return;
        }
        one.value_column += line_[at_] == '"' || line_[at_] == '\'' ? 1 : 0;
        one.value = std::move(word.value);
        at_ += word.end;
        expect_end(one, "Put a value with blanks in quotes, and only one assignment on a line.");
    }

    void read_plain_value(assignment& one) {
        skip_blanks();
        one.value_column = column();
        if (at_end_or_comment()) {
            return;
        }
        auto const begin = at_;
        if (char const quote = line_[at_]; quote == '"' || quote == '\'') {
            auto const close = line_.find(quote, at_ + 1);
            if (close == std::string_view::npos) {
                broken(one, begin, "the quote that opens here is not closed on this line",
                       "Close it. A value is one line.");
                return;
            }
            ++one.value_column;
            one.value = line_.substr(begin + 1, close - begin - 1);
            at_ = close + 1;
            expect_end(one, "Leave out the quotes, or what stands behind them.");
            return;
        }
        auto end = line_.size();
        for (auto i = begin + 1; i < line_.size(); ++i) {
            if (line_[i] == '#' && base::is_blank(line_[i - 1])) {
                end = i;
                break;
            }
        }
        one.value = base::trim(line_.substr(begin, end - begin));
    }

    /// Behind a value there is nothing, or a blank and a comment.
    void expect_end(assignment& one, std::string hint) {
        skip_blanks();
        if (at_end_or_comment()) {
            return;
        }
        broken(one, at_, "there is text behind the value of " + one.key, std::move(hint));
    }

    void keep(assignment one) {
        auto const [found, added] = first_.try_emplace(one.key, place{list_.size(), one.line});
        if (added) {
            list_.push_back(std::move(one));
            return;
        }
        problems_.warning(one.line, one.column,
                          one.key + " is set again; line " + std::to_string(found->second.line) +
                              " does not count",
                          "Remove one of the two: the last one holds.");
        list_[found->second.index] = std::move(one);
    }

    struct place {
        std::size_t index;
        std::size_t line; ///< the first one
    };

    diagnostic_sink problems_;
    std::string_view file_;
    std::vector<assignment> list_;
    std::unordered_map<std::string, place> first_;
    std::size_t number_ = 0;
    std::string_view line_;
    std::size_t at_ = 0;
};

} // namespace

assignments parse_assignments(std::string_view text, std::string_view file) {
    return parser(file).parse(text);
}

} // namespace trafikito::config
