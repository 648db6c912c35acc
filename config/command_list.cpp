#include "config/command_list.hpp"

#include "base/ascii.hpp"
#include "config/command_definition.hpp"
#include "config/diagnostic_sink.hpp"
#include "config/expansions.hpp"
#include "config/odd_text.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::size_t longest_shown = 256;
constexpr std::size_t most_invalid_lines = 4096;

class parser {
public:
    parser(std::string_view file, std::vector<std::string> const& command_env)
        : problems_(file), file_(file), command_env_(command_env) {}

    command_list parse(std::string_view text) && {
        if (is_utf16(text)) {
            problems_.error(0, 0, std::string(words_for_utf16()) + ": no command is run",
                            mend_of_utf16(file_));
            list_.invalid_lines.push_back({1, "(UTF-16)"});
            list_.diagnostics = std::move(problems_).take();
            return std::move(list_);
        }
        base::line_reader lines(text);
        while (auto const line = lines.next()) {
            read_line(line->number, line->text);
        }
        drop_options();
        if (left_out_ != 0) {
            problems_.error(first_left_out_, 0,
                            "more than " + std::to_string(max_commands) + " commands; " +
                                std::to_string(left_out_) + " from this line on are left out",
                            "Remove those that nobody asks for.");
        }
        for (auto& one : entries_) {
            if (one.superseded) {
                continue;
            }
            if (one.refusal.empty()) {
                list_.commands.push_back(std::move(one.what));
            } else {
                list_.refused.push_back(
                    {std::move(one.what.name), one.what.line_number, std::move(one.refusal)});
            }
        }
        list_.diagnostics = std::move(problems_).take();
        return std::move(list_);
    }

private:
    struct entry {
        command what;
        std::string refusal;
        bool superseded = false;
    };

    /// What `#:` lines said about the command to come.
    struct pending_options {
        std::size_t line = 0; ///< of the first one; 0: there was none
        command_options options;
        std::string problem;
    };

    /// A comment that could be options.
    struct options_in_comment {
        std::size_t line = 0; ///< 0: there is none
        std::size_t column = 0;
        std::string meant;
    };

    void read_line(std::size_t number, std::string_view text) {
        auto const first = std::ranges::find_if_not(text, base::is_space);
        auto const content = text.substr(static_cast<std::size_t>(first - text.begin()));
        if (content.starts_with("#:")) {
            read_options(number, content.substr(2), text.size() - content.size() + 3);
        } else if (content.empty() || content.front() == '#') {
            drop_options();
            look_for_options_in_comment(number, content, text.size() - content.size());
        } else {
            read_command(number, text);
        }
    }

    /// `# : timeout=5s`, and `# timeout=5s` right above a command: meant as options, and none.
    void look_for_options_in_comment(std::size_t number, std::string_view comment,
                                     std::size_t blanks) {
        if (comment.find("#:") != std::string_view::npos) {
            return; // that speaks of how they are written
        }
        auto const begin = comment.find_first_not_of("#:;/!- \t");
        if (begin != std::string_view::npos && are_command_options(comment.substr(begin))) {
            auto const meant = std::string(base::trim_white_space(comment.substr(begin)));
            comment_ = {number, blanks + 1, meant};
            if (comment.substr(0, begin).find(':') != std::string_view::npos) {
                warn_of_comment();
            }
        }
    }

    void warn_of_comment() {
        problems_.warning(comment_.line, comment_.column,
                          "this is a comment, and the options in it have no effect: options begin "
                          "with #: and have no blank between the two",
                          "Write #: " + comment_.meant);
        comment_ = {};
    }

    void read_options(std::size_t number, std::string_view text, std::size_t column) {
        if (pending_.line == 0) {
            pending_.line = number;
        }
        auto problem = parse_command_options(text, number, column, pending_.options, problems_);
        if (pending_.problem.empty()) {
            pending_.problem = std::move(problem);
        }
    }

    void drop_options() {
        if (pending_.line != 0) {
            problems_.warning(pending_.line, 1, "these options have no command on the line below",
                              "Put them right above the command that they are for.");
        }
        pending_ = {};
    }

    void read_command(std::size_t number, std::string_view text) {
        if (comment_.line != 0 && comment_.line + 1 == number) {
            warn_of_comment();
        }
        auto const options = std::exchange(pending_, {});
        auto const line = parse_command_definition(text);
        if (auto const* const problem = std::get_if<line_problem>(&line)) {
            problems_.error(number, problem->column, problem->what + "; the line is not run",
                            problem->hint);
            if (list_.invalid_lines.size() < most_invalid_lines) {
                list_.invalid_lines.push_back({number, shown(text)});
            }
            return;
        }
        if (list_.valid_lines.size() == max_commands) {
            first_left_out_ = left_out_++ == 0 ? number : first_left_out_;
            return;
        }
        add(number, *std::get_if<valid_line>(&line), options);
    }

    void add(std::size_t number, valid_line const& line, pending_options const& options) {
        if (line.escapes_its_quote) {
            problems_.warning(number, line.name.size() + line.text.size() + 2,
                              "a backslash right before the closing quote: a shell takes the quote "
                              "as part of the command and finds no end",
                              "Remove the backslash, or write two.");
        }
        warn_of_expansions(number, line);
        list_.valid_lines.emplace_back(line.assignment);
        std::string name(line.name);
        auto const [place, added] = by_name_.try_emplace(name, entries_.size());
        if (!added) {
            auto& earlier = entries_[std::exchange(place->second, entries_.size())];
            earlier.superseded = true;
            problems_.warning(number, 1,
                              name + " stands in line " + std::to_string(earlier.what.line_number) +
                                  " and in line " + std::to_string(number) +
                                  "; the last one is run",
                              "Remove one of the two.");
        }
        entries_.push_back({{std::move(name), std::string(line.assignment), std::string(line.text),
                             number, options.options},
                            options.problem,
                            false});
    }

    void warn_of_expansions(std::size_t number, valid_line const& line) {
        if (problems_.full()) {
            return;
        }
        auto const first_column = line.name.size() + std::string_view("=\"").size() + 1;
        for (auto& one : find_lost_expansions(line.text, command_env_)) {
            problems_.warning(number, first_column + one.offset, std::move(one.what),
                              std::move(one.hint));
        }
    }

    static std::string shown(std::string_view text) {
        if (text.ends_with('\r')) {
            text.remove_suffix(1);
        }
        return std::string(text.substr(0, longest_shown));
    }

    diagnostic_sink problems_;
    std::string_view file_;
    std::vector<std::string> const& command_env_;
    command_list list_;
    std::vector<entry> entries_;
    std::unordered_map<std::string, std::size_t> by_name_; ///< the entry that holds
    pending_options pending_;
    options_in_comment comment_;
    std::size_t left_out_ = 0;
    std::size_t first_left_out_ = 0;
};

template <class List>
auto const* find_in(List const& list, std::string_view name) {
    auto const found = std::ranges::find(list, name, &List::value_type::name);
    return found == list.end() ? nullptr : &*found;
}

} // namespace

command const* command_list::find(std::string_view name) const {
    return find_in(commands, name);
}

refused_command const* command_list::find_refused(std::string_view name) const {
    return find_in(refused, name);
}

command_list parse_command_list(std::string_view text, std::string_view file,
                                std::vector<std::string> const& command_env) {
    return parser(file, command_env).parse(text);
}

} // namespace trafikito::config
