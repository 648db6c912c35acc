#include "config/shell_word.hpp"

#include "base/ascii.hpp"

#include <utility>

namespace trafikito::config {
namespace {

class reader {
public:
    reader(std::string_view text, bool refuse_operators)
        : text_(text), refuse_operators_(refuse_operators) {}

    shell_word read() && {
        if (text_.starts_with('~')) {
            refuse_expansion("~");
        }
        while (good() && at_ < text_.size() && !base::is_blank(text_[at_])) {
            switch (text_[at_]) {
            case '\'':
                single_quotes();
                break;
            case '"':
                double_quotes();
                break;
            default:
                unquoted();
            }
        }
        word_.end = at_;
        return std::move(word_);
    }

private:
    [[nodiscard]] bool good() const { return word_.problem.empty(); }

    void refuse(std::string problem, std::string hint) {
        word_.problem = std::move(problem);
        word_.hint = std::move(hint);
        word_.position = at_;
    }

    void refuse_expansion(std::string const& what) {
        refuse("a shell would expand the " + what + " here; the agent does not expand anything",
               "Write the value out, or put it in single quotes if it is meant as it stands.");
    }

    void refuse_unbalanced(std::string const& name) {
        refuse("the " + name + " quote that opens here is not closed on this line",
               "Close it. A value is one line.");
    }

    /// Whether a `$` at this place would be replaced by something.
    [[nodiscard]] bool dollar_expands() const {
        constexpr std::string_view special = "{(@*#?$!-";
        return at_ + 1 < text_.size() && (base::is_word(text_[at_ + 1]) ||
                                          special.find(text_[at_ + 1]) != std::string_view::npos);
    }

    void single_quotes() {
        auto const close = text_.find('\'', at_ + 1);
        if (close == std::string_view::npos) {
            refuse_unbalanced("single");
            return;
        }
        word_.value += text_.substr(at_ + 1, close - at_ - 1);
        at_ = close + 1;
    }

    void double_quotes() {
        auto const open = at_++;
        while (good() && at_ < text_.size() && text_[at_] != '"') {
            constexpr std::string_view escapable = "$`\"\\";
            if (text_[at_] == '\\' && at_ + 1 < text_.size() &&
                escapable.find(text_[at_ + 1]) != std::string_view::npos) {
                ++at_;
                word_.value += text_[at_++];
            } else {
                literal();
            }
        }
        if (good() && at_ == text_.size()) {
            at_ = open;
            refuse_unbalanced("double");
        } else if (good()) {
            ++at_;
        }
    }

    void unquoted() {
        constexpr std::string_view operators = ";&|<>()";
        if (text_[at_] == '\\') {
            if (at_ + 1 == text_.size()) {
                refuse("the line ends in a backslash",
                       "A value is one line: put it all on this one.");
                return;
            }
            ++at_;
            word_.value += text_[at_++];
        } else if (refuse_operators_ && operators.find(text_[at_]) != std::string_view::npos) {
            refuse(std::string("a shell would not take the ") + text_[at_] + " here as text",
                   "Put the value in quotes, and only one assignment on a line.");
        } else {
            literal();
        }
    }

    void literal() {
        if (text_[at_] == '`') {
            refuse_expansion("backquote");
        } else if (text_[at_] == '$' && dollar_expands()) {
            refuse_expansion("$");
        } else {
            word_.value += text_[at_++];
        }
    }

    std::string_view text_;
    bool refuse_operators_;
    std::size_t at_ = 0;
    shell_word word_;
};

} // namespace

shell_word read_shell_word(std::string_view text, bool refuse_operators) {
    return reader(text, refuse_operators).read();
}

} // namespace trafikito::config
