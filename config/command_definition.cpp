#include "config/command_definition.hpp"

#include "base/ascii.hpp"
#include "config/odd_text.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::string_view prefix = "trafikito_";
constexpr std::string_view form = "A command is trafikito_NAME=\"COMMAND\", from the first column.";

class parser {
public:
    explicit parser(std::string_view line) : line_(line) {}

    std::variant<valid_line, line_problem> parse() && {
        if (fit_to_read() && read_name() && read_equals() && read_command() && read_end()) {
            return found_;
        }
        return std::move(problem_);
    }

private:
    /// Always false, so that a step can end with it.
    bool refuse(std::size_t column, std::string what, std::string hint = std::string(form)) {
        problem_ = {column, std::move(what), std::move(hint)};
        return false;
    }

    [[nodiscard]] std::size_t column() const { return at_ + 1; }
    [[nodiscard]] bool at_end() const { return at_ == line_.size() || only_space_from(at_); }

    [[nodiscard]] bool only_space_from(std::size_t position) const {
        return std::ranges::all_of(line_.substr(position), base::is_space);
    }

    bool fit_to_read() {
        if (line_.size() > base::max_line_length) {
            return refuse(
                0, "the line is longer than " + std::to_string(base::max_line_length) + " bytes",
                "Put the command in a script and call that.");
        }
        if (auto const nul = line_.find('\0'); nul != std::string_view::npos) {
            return refuse(nul + 1, "a NUL byte: no shell can read this line", "Remove it.");
        }
        return true;
    }

    bool read_name() {
        if (!line_.empty() && base::is_space(line_.front())) {
            return refuse(1, "there are blanks in front of the name");
        }
        if (line_.starts_with("export") && line_.size() > 6 && base::is_space(line_[6])) {
            return refuse(1, "`export` in front of the name", "Remove the word export.");
        }
        if (!line_.starts_with(prefix)) {
            return refuse(1, "the name does not begin with trafikito_");
        }
        at_ = prefix.size();
        while (at_ < line_.size() && base::is_word(line_[at_])) {
            ++at_;
        }
        found_.name = line_.substr(0, at_);
        return at_ > prefix.size() || refuse(column(), "there is no name behind trafikito_");
    }

    bool read_equals() {
        if (at_end()) {
            return refuse(column(), "there is no =\"COMMAND\" behind the name");
        }
        if (base::is_space(line_[at_])) {
            auto const next = std::ranges::find_if_not(line_.substr(at_), base::is_space);
            return refuse(column(), *next == '=' ? "there are blanks around the ="
                                                 : "there is no = behind the name");
        }
        if (line_[at_] != '=') {
            return refuse(column(), named_here() + "a name has letters, digits and _ only");
        }
        ++at_;
        return true;
    }

    /// What looks like a blank or a quote, and is none.
    [[nodiscard]] std::string named_here() const {
        return (static_cast<unsigned char>(line_[at_]) & 0x80U) == 0
                   ? std::string()
                   : name_of_character(line_, at_) + " stands here: ";
    }

    bool read_command() {
        if (at_end()) {
            return refuse(column(), "there is no command behind the =");
        }
        if (base::is_space(line_[at_])) {
            return refuse(column(), "there are blanks around the =");
        }
        if (line_[at_] == '\'') {
            return refuse(column(), "the command stands in single quotes",
                          "Put it in double quotes; single ones may stand inside.");
        }
        if (line_[at_] != '"') {
            return refuse(column(),
                          named_here() + "there is no double quote in front of the command");
        }
        auto const open = at_;
        at_ = line_.find('"', open + 1);
        if (at_ == std::string_view::npos) {
            return refuse(open + 1, "the double quote that opens here is not closed on this line",
                          "Close it. A command is one line.");
        }
        found_.text = line_.substr(open + 1, at_ - open - 1);
        if (found_.text.empty()) {
            return refuse(column(), "the command is empty", "Write a command, or remove the line.");
        }
        ++at_;
        return true;
    }

    bool read_end() {
        if (!only_space_from(at_)) {
            if (line_.find('"', at_) != std::string_view::npos) {
                return refuse(at_, "there is a double quote inside the command",
                              "Use single quotes inside, or put the command in a script.");
            }
            auto const text = std::ranges::find_if_not(line_.substr(at_), base::is_space);
            return refuse(static_cast<std::size_t>(text - line_.begin()) + 1,
                          "there is text behind the closing quote",
                          "Remove it; a comment takes a line of its own.");
        }
        found_.assignment = line_.substr(0, std::min(line_.find('\r', at_), line_.size()));
        auto const last = found_.text.find_last_not_of('\\');
        auto const backslashes =
            found_.text.size() - (last == std::string_view::npos ? 0 : last + 1);
        found_.escapes_its_quote = backslashes % 2 == 1;
        return true;
    }

    std::string_view line_;
    std::size_t at_ = 0;
    valid_line found_;
    line_problem problem_;
};

} // namespace

std::variant<valid_line, line_problem> parse_command_definition(std::string_view line) {
    return parser(line).parse();
}

} // namespace trafikito::config
