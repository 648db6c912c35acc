#include "config/command_word.hpp"

#include "base/ascii.hpp"
#include "config/shell_scanner.hpp"

#include <algorithm>

namespace trafikito::config {
namespace {

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
            take_expansion(word);
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
            }
        } else if (auto const size = size_of_parameter(rest.substr(1)); size != 0) {
            add_unknown(word);
            at_ += 1 + size;
        } else {
            word.text += '$';
            ++at_;
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

command_word read_command_word(std::string_view text, std::size_t& at, word_surroundings& around) {
    return reader(text, at, around).read();
}

} // namespace trafikito::config
