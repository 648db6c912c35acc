#include "config/shell_commands.hpp"

#include "base/ascii.hpp"
#include "base/stable_sort.hpp"
#include "config/shell_grammar.hpp"
#include "config/shell_scanner.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::size_t most_commands = 512;
constexpr std::size_t deepest = 32;

class reader : private word_surroundings {
public:
    reader(std::string_view text, std::size_t begin, bool fed, std::size_t depth,
           shell_commands& into)
        : text_(text), at_(begin), fed_(fed), depth_(depth), into_(into) {}

    /// Up to the end, or to a parenthesis that it did not open: behind that. False at the end.
    bool read() {
        while (at_ < text_.size() && !ended_) {
            step();
        }
        end_command();
        if (!ended_) {
            complain_of_end();
        }
        return ended_;
    }
    [[nodiscard]] std::size_t position() const { return at_; }

private:
    void step() {
        char const c = text_[at_];
        if (c == '#') { // read_word() takes those inside words
            auto const begin = std::exchange(at_, std::min(text_.find('\n', at_), text_.size()));
            if (!into_.comment) {
                into_.comment = {begin, at_};
            }
        } else if (base::is_blank(c)) {
            ++at_;
        } else if (is_shell_operator(c) || is_redirected_number()) {
            read_operator();
        } else {
            read_word();
        }
    }

    /// `2>`: digits that belong to a redirection.
    [[nodiscard]] bool is_redirected_number() const {
        auto const end = text_.find_first_not_of("0123456789", at_);
        return end != std::string_view::npos && end > at_ &&
               (text_[end] == '<' || text_[end] == '>');
    }

    [[nodiscard]] bool fed_here() const {
        return piped_ || (frames_.empty() ? fed_ : frames_.back().fed);
    }

    shell_command& command() {
        if (!now_) {
            now_.emplace();
            now_->has_input = fed_here();
            now_->offset = at_;
        }
        return *now_;
    }

    void end_command(bool pipes = false) {
        if (now_ && !now_->words.empty() && into_.commands.size() < most_commands) {
            now_->feeds_pipe = pipes;
            into_.commands.push_back(std::move(*now_));
        } else if (now_ && into_.assigned_alone.size() < most_commands) {
            std::ranges::move(now_->assigned, std::back_inserter(into_.assigned_alone));
        }
        now_.reset();
        closed_.reset();
        wanted_ = expected::command;
        piped_ = pipes;
    }

    // --- operators ------------------------------------------------------------------------------

    void read_operator() {
        auto const rest = text_.substr(at_);
        char const c = text_[at_];
        if (rest.starts_with("&>")) {
            note({"&>", at_, bash_word::kind::background});
            at_ += 2;
            reads_target_ = false;
            writes_target_ = hides_ = true;
            redirected_ = std::exchange(wanted_, expected::target);
        } else if (c == '<' || c == '>' || base::is_digit(c)) {
            read_redirection();
        } else if (c == '(') {
            open("(", at_++);
        } else if (c == ')') {
            close_parenthesis();
        } else {
            separate(rest);
        }
    }

    void separate(std::string_view rest) {
        char const c = rest.front();
        bool const twice = rest.size() > 1 && rest[1] == c;
        if (wanted_ == expected::pattern && c == '|') {
            ++at_;
            return;
        }
        if (rest.starts_with("|&")) {
            note({"|&", at_, bash_word::kind::syntax});
        }
        if (c == '&' && !twice) {
            mark_background();
        }
        if (c == '|' || (c == '&' && twice)) {
            awaited_ = at_;
        }
        if (c == '|' && twice && now_) {
            now_->falls_back = true;
        }
        bool const pipe = c == '|' && !twice;
        bool const in_case = c == ';' && twice;
        end_command(pipe);
        if (in_case && !frames_.empty() && frames_.back().opened_by == "case") {
            wanted_ = expected::pattern;
        }
        at_ += twice || rest.starts_with("|&") ? 2 : 1;
    }

    void mark_background() {
        if (now_) {
            now_->in_background = true;
        } else if (closed_) {
            for (auto at = *closed_; at < into_.commands.size(); ++at) {
                into_.commands[at].in_background = true;
            }
        }
    }

    void read_redirection() {
        bool const of_errors = text_[at_] == '2';
        at_ = text_.find_first_not_of("0123456789", at_);
        auto const rest = text_.substr(at_);
        if (rest.starts_with("<(") || rest.starts_with(">(")) {
            auto const begin = at_;
            note({std::string(rest.substr(0, 2)), begin, bash_word::kind::syntax});
            at_ += 2;
            (void)read_substitution(at_);
            command().words.push_back({{unknown_text}, begin, false, false});
            return;
        }
        bool const here = rest.starts_with("<<");
        if (rest.starts_with("<<<")) {
            note({"<<<", at_, bash_word::kind::syntax});
        } else if (here) {
            complain(shell_fault::kind::here_document, at_);
        }
        reads_target_ = rest.front() == '<' && rest.size() > 1 &&
                        std::string_view("<&>").find(rest[1]) == std::string_view::npos;
        writes_target_ = rest.front() == '>' && !rest.substr(1).starts_with('&');
        hides_ = of_errors;
        if (rest.front() == '<') {
            feed();
        }
        at_ = std::min(text_.find_first_not_of("<>&|-", at_), text_.size());
        if (wanted_ != expected::target && !rest.substr(1).starts_with("&-")) { // which has none
            redirected_ = std::exchange(wanted_, expected::target);
        }
    }

    /// A redirection of the input, of what is being read or was just closed.
    void feed() {
        if (!closed_) {
            command().has_input = true;
            return;
        }
        for (auto at = *closed_; at < into_.commands.size(); ++at) {
            into_.commands[at].has_input = true;
        }
    }

    void open(std::string_view by, std::size_t offset) {
        if (auto what =
                by == "(" ? bash_word_at(text_, offset, now_ ? &*now_ : nullptr) : std::nullopt) {
            note(std::move(*what));
        }
        if (by == "(" && wanted_ == expected::pattern) {
            return;
        }
        if (by == "(" && now_ && now_->words.size() == 1 && text_.substr(at_).starts_with(')')) {
            ++at_; // NAME(): a function
            into_.functions.push_back(now_->words.front().text);
            now_.reset();
            wanted_ = expected::command;
            return;
        }
        if (frames_.size() + depth_ < deepest) {
            frames_.push_back({by, offset, into_.commands.size(), fed_here()});
        }
        piped_ = false;
        awaited_.reset();
    }

    void close_parenthesis() {
        if (wanted_ == expected::pattern) {
            ++at_;
            wanted_ = expected::command;
            return;
        }
        bool const ours =
            std::ranges::any_of(frames_, [](frame const& one) { return one.opened_by == "("; });
        ++at_;
        end_command();
        if (!ours) {
            ended_ = depth_ != 0;
            return;
        }
        while (frames_.back().opened_by != "(") {
            frames_.pop_back();
        }
        close();
    }

    void close() {
        if (!frames_.empty()) {
            if (!into_.endless_loop && is_endless(frames_.back(), into_.commands)) {
                into_.endless_loop = frames_.back().offset;
            }
            closed_ = frames_.back().begin;
            frames_.pop_back();
        }
        awaited_.reset();
    }

    // --- words ----------------------------------------------------------------------------------

    void read_word() {
        auto word = read_command_word(text_, at_, *this);
        switch (wanted_) {
        case expected::target:
            wanted_ = redirected_;
            take_target(std::move(word));
            return;
        case expected::name:
            wanted_ = expected::items;
            return;
        case expected::items:
            if (word.is("do") && !word.quoted) {
                wanted_ = expected::command;
            }
            return;
        case expected::subject:
            wanted_ = expected::in;
            return;
        case expected::in:
            wanted_ = expected::pattern;
            return;
        case expected::pattern:
            if (word.is("esac")) {
                wanted_ = expected::command;
                close();
            }
            return;
        case expected::command:
            add(std::move(word));
        }
    }

    void take_target(command_word word) {
        bool const behind = !now_ && closed_ && *closed_ < into_.commands.size();
        add_target(behind ? into_.commands.back() : command(), std::move(word),
                   {.reads = reads_target_, .writes = writes_target_, .of_errors = hides_});
        into_.does_more = true;
    }

    void add(command_word word) {
        bool const first = !now_ || now_->words.empty();
        if (first && !word.quoted && word.known && take_keyword(word)) {
            return;
        }
        awaited_.reset();
        auto const equals = word.text.find('=');
        if (first && equals != std::string::npos && is_name(word.text.substr(0, equals))) {
            auto name = word.text.substr(0, equals);
            into_.sets_path = into_.sets_path || name == "PATH";
            into_.does_more = true;
            command().assigned.push_back(std::move(name));
            return;
        }
        auto& to = command();
        if (first) {
            to.offset = word.offset;
        }
        to.words.push_back(std::move(word));
    }

    bool take_keyword(command_word const& word) {
        if (now_ && !now_->assigned.empty()) {
            return false;
        }
        auto const* const opening = std::ranges::find(openings, word.text);
        if (opening != openings.end() && *opening != "(") {
            open(*opening, word.offset);
            wanted_ = *opening == "for" || *opening == "select" ? expected::name
                      : *opening == "case"                      ? expected::subject
                                                                : expected::command;
            return true;
        }
        if (is_among(closings, word.text)) {
            end_command();
            close();
            return true;
        }
        return is_among(betweens, word.text);
    }

    bool read_substitution(std::size_t& at) override {
        if (depth_ + 1 >= deepest) {
            at = text_.size();
            return true; // as far as is known
        }
        bool const fed = now_ ? now_->has_input : fed_here();
        reader inner(text_, at, fed, depth_ + 1, into_);
        bool const ended = inner.read();
        at = inner.position();
        return ended;
    }

    void read_backquoted(std::size_t begin, std::size_t end) override {
        if (depth_ + 1 < deepest) {
            bool const fed = now_ ? now_->has_input : fed_here();
            reader(text_.substr(0, end), begin, fed, 0, into_).read();
        }
    }

    void complain(shell_fault::kind what, std::size_t where) override {
        if (!into_.fault) {
            into_.fault = {what, where};
        }
    }

    void note(bash_word what) override {
        if (into_.of_bash.size() < most_commands) {
            into_.of_bash.push_back(std::move(what));
        }
    }

    void complain_of_end() {
        if (awaited_) {
            complain(shell_fault::kind::no_command, *awaited_);
        }
        if (frames_.empty() || depth_ != 0) {
            return;
        }
        complain(fault_without_end(frames_.back()), frames_.back().offset);
    }

    std::string_view text_;
    std::size_t at_;
    bool fed_; ///< all of it
    std::size_t depth_;
    shell_commands& into_;
    std::vector<frame> frames_;
    std::optional<shell_command> now_;
    std::optional<std::size_t> closed_;  ///< first command of what was closed just now
    std::optional<std::size_t> awaited_; ///< the operator behind which a command must stand
    expected wanted_ = expected::command;
    expected redirected_ = expected::command; ///< what is wanted behind the target
    bool reads_target_ = false;               ///< the target is a file that is read
    bool writes_target_ = false;              ///< the same, that is written
    bool hides_ = false;                      ///< it takes the messages of errors
    bool piped_ = false;
    bool ended_ = false;
};

} // namespace

shell_commands read_shell_commands(std::string_view text) {
    shell_commands found;
    reader(text, 0, false, 0, found).read();
    base::stable_sort(found.commands, &shell_command::offset);
    return found;
}

std::size_t end_of_substitution(std::string_view text, std::size_t begin) {
    shell_commands ignored;
    reader inside(text, begin, false, 1, ignored);
    inside.read();
    return inside.position();
}

} // namespace trafikito::config
