#include "config/command_lint.hpp"

#include "base/stable_sort.hpp"
#include "config/command_rules.hpp"
#include "config/command_slips.hpp"
#include "config/odd_text.hpp"
#include "config/program_run.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::size_t most = 16;

struct words_of_fault {
    shell_fault::kind is;
    std::string_view what;
    std::string_view hint;
};

constexpr std::array fault_words{
    words_of_fault{
        shell_fault::kind::single_quote,
        "the single quote that opens here is not closed: the shell finds no end and runs "
        "nothing",
        "Close it; an apostrophe in a text is written \\\\'."},
    words_of_fault{
        shell_fault::kind::double_quote,
        "the double quote that opens here is not closed: the shell finds no end and runs "
        "nothing",
        "Close it."},
    words_of_fault{shell_fault::kind::substitution,
                   "the $( that opens here is not closed: the shell finds no end and runs nothing",
                   "Close it by a )."},
    words_of_fault{shell_fault::kind::backquote,
                   "the backquote that opens here is not closed: the shell finds no end and runs "
                   "nothing",
                   "Close it, or write \\\\$(…)."},
    words_of_fault{shell_fault::kind::parameter,
                   "the ${ that opens here is not closed: the shell finds no end and runs nothing",
                   "Close it by a }."},
    words_of_fault{shell_fault::kind::parenthesis,
                   "the ( that opens here is not closed: the shell finds no end and runs nothing",
                   "Close it by a )."},
    words_of_fault{shell_fault::kind::brace,
                   "the { that opens here is not closed: the shell finds no end and runs nothing",
                   "Close it by a ; and a }."},
    words_of_fault{shell_fault::kind::keyword,
                   "what begins here has no end (fi, done or esac): the shell runs nothing",
                   "End it: if …; then …; fi, while …; do …; done, case … in …) …;; esac."},
    words_of_fault{
        shell_fault::kind::here_document,
        "a here-document cannot end on the line on which it begins: the shell takes it for "
        "empty",
        "Write printf '%s\\\\n' TEXT | COMMAND, or put it all in a script."},
    words_of_fault{shell_fault::kind::no_command,
                   "no command stands behind this: the shell runs nothing",
                   "Write the other command, or remove this."},
    words_of_fault{shell_fault::kind::backslash,
                   "a backslash at the end of the command, with nothing behind it",
                   "Remove it; a command is one line."},
};

/// What is pasted from a page or a document, and looks like what a shell reads.
struct lookalike {
    std::string_view bytes;
    std::string_view what;
    std::string_view hint;
    bool at_beginning = false; ///< of a word alone
};

constexpr std::string_view no_quote =
    "is no quote to a shell, though it looks like one: it becomes "
    "part of the word";
constexpr std::string_view no_dash = "is no hyphen, though it looks like one: this is no option";
constexpr std::string_view no_blank =
    "is no blank to a shell, though it looks like one: what stands "
    "on both sides is one word";

constexpr std::array lookalikes{
    lookalike{"\u2018", no_quote, "Write '."},
    lookalike{"\u2019", no_quote, "Write '."},
    lookalike{"\u201c", no_quote, "Write '."},
    lookalike{"\u201d", no_quote, "Write '."},
    lookalike{"\u00a0", no_blank, "Write a blank in its place."},
    lookalike{"\u200b", no_blank, "Remove it."},
    lookalike{"\u00b4", no_quote, "Write '."},
    lookalike{"\u201a", no_quote, "Write '."},
    lookalike{"\u201e", no_quote, "Write '."},
    lookalike{"\u202f", no_blank, "Write a blank in its place."},
    lookalike{"\ufeff", no_blank, "Remove it."},
    lookalike{"\u2010", no_dash, "Write -.", true},
    lookalike{"\u2011", no_dash, "Write -.", true},
    lookalike{"\u2012", no_dash, "Write -.", true},
    lookalike{"\u2013", no_dash, "Write - (or --).", true},
    lookalike{"\u2014", no_dash, "Write --.", true},
    lookalike{"\u2212", no_dash, "Write -.", true},
};

/// A quote stands in front of what was read; whoever has more of them in it gets a place nearby.
void move_by(shell_command& command, std::size_t distance) {
    command.offset += distance;
    for (auto* words : {&command.words, &command.inputs, &command.outputs}) {
        for (auto& word : *words) {
            word.offset += distance;
        }
    }
}

/// Those of `sh -c '…'`: the first level of them.
void add_commands_of_shells(shell_commands& to) {
    constexpr std::array<std::string_view, 4> shells{"ash", "bash", "dash", "sh"};
    std::vector<shell_command> more;
    for (auto const& command : to.commands) {
        for (auto const& run : runs_of(command)) {
            bool const shell = std::ranges::find(shells, run.name()) != shells.end();
            if (!shell || run.words.size() < 3 || !run.words[1].is("-c") || !run.words[2].known ||
                !run.words[2].quoted) {
                continue;
            }
            auto inner = read_shell_commands(run.words[2].text);
            for (auto& one : inner.commands) {
                move_by(one, run.words[2].offset + 1);
                one.has_input = one.has_input || command.has_input;
                one.in_bash = run.name() == "bash";
                more.push_back(std::move(one));
            }
            for (auto& one : inner.of_bash) {
                one.offset += run.words[2].offset + 1;
                if (run.name() != "bash") {
                    to.of_bash.push_back(std::move(one));
                }
            }
            std::ranges::move(inner.functions, std::back_inserter(to.functions));
            to.sets_path = to.sets_path || inner.sets_path;
        }
    }
    std::ranges::move(more, std::back_inserter(to.commands));
}

class linter {
public:
    linter(read_command const& command, lint_surroundings const& around)
        : command_(command), around_(around) {}

    std::vector<command_fault> find() && {
        find_early_runs();
        find_fault();
        find_slips_of_text();
        for (auto const& one : command_.second.commands) {
            look_at(one);
        }
        base::stable_sort(found_, &command_fault::offset);
        auto const same = [](auto const& one, auto const& other) {
            return one.offset == other.offset;
        };
        found_.erase(std::ranges::unique(found_, same).begin(), found_.end());
        found_.resize(std::min(found_.size(), most));
        return std::move(found_);
    }

private:
    /// `offset` in the text as the first shell left it.
    void add(std::size_t offset, std::string what, std::string hint, bool syntax = false) {
        found_.push_back(
            {command_.first.written_at(offset), std::move(what), std::move(hint), false, syntax});
    }

    void find_early_runs() {
        for (auto const offset : command_.first.runs) {
            found_.push_back({offset,
                              "this runs when a shell reads the line, before the command and each "
                              "time that it is asked for, and what it prints is read as a command",
                              "Write \\$(…) if the command is to run it; a backquote is written "
                              "\\`."});
        }
    }

    void find_fault() {
        auto const& fault = command_.second.fault;
        if (!fault || !command_.first.whole) {
            return;
        }
        auto const* const words = std::ranges::find(fault_words, fault->is, &words_of_fault::is);
        if (words != fault_words.end()) {
            bool const read_all_the_same = fault->is == shell_fault::kind::here_document ||
                                           fault->is == shell_fault::kind::backslash;
            add(fault->offset, std::string(words->what), std::string(words->hint),
                !read_all_the_same);
        }
    }

    void add(slip what) {
        add(what.offset, std::move(what.says.what), std::move(what.says.hint), what.may_be_syntax);
        found_.back().not_what_it_seems = true;
    }

    void find_slips_of_text() {
        for (auto& one : find_slips(command_.first.text, command_.second, !around_.sh_is_bash)) {
            add(std::move(one));
        }
    }

    void look_at(shell_command const& command) {
        for (auto const& run : runs_of(command)) {
            if (is_defined(run.name())) {
                return;
            }
            if (auto slip = find_slip(run)) {
                add(std::move(*slip));
            }
            if (auto advice = find_advice(run, around_.sh_is_bash || command.in_bash)) {
                add(run.program().offset, std::move(advice->what), std::move(advice->hint));
            }
        }
        for (auto& one : find_slips(command)) {
            add(std::move(one));
        }
        look_at_background(command);
        for (auto const& word : command.words) {
            look_at_word(word);
        }
    }

    [[nodiscard]] bool is_defined(std::string_view name) const {
        return std::ranges::find(command_.second.functions, name) !=
               command_.second.functions.end();
    }

    void look_at_background(shell_command const& command) {
        bool const awaited = std::ranges::any_of(
            command_.second.commands, [](auto const& one) { return one.words.front().is("wait"); });
        bool const said =
            std::exchange(background_said_, background_said_ || command.in_background);
        if (command.in_background && !said && !around_.daemon && !awaited) {
            add(command.offset,
                "what is started in the background is killed when the command ends, which may be "
                "at "
                "once",
                "Remove the &, or let it stay: #: daemon=yes on the line above.");
        }
    }

    void look_at_word(command_word const& word) {
        std::string_view const text = word.text;
        if (word.quoted && text.starts_with("~/") && quoted_at(word)) {
            add(word.offset, "between quotes ~ is no home directory, but a folder of that name",
                "Write the ~ without quotes, or the whole path.");
        }
        if (word.quoted) {
            return;
        }
        for (auto const& one : lookalikes) {
            auto const at = text.find(one.bytes);
            if (at != std::string_view::npos && (!one.at_beginning || at == 0)) {
                add(word.offset + at, name_of_character(one.bytes, 0) + " " + std::string(one.what),
                    std::string(one.hint));
                found_.back().not_what_it_seems = true;
                return;
            }
        }
    }

    /// Whether the word begins with a quote.
    [[nodiscard]] bool quoted_at(command_word const& word) const {
        return word.offset < command_.first.text.size() && command_.first.text[word.offset] == '\'';
    }

    read_command const& command_;
    lint_surroundings const& around_;
    std::vector<command_fault> found_;
    bool background_said_ = false;
};

} // namespace

read_command read_twice(std::string_view written, std::span<std::string const> variables) {
    read_command command;
    command.first = read_once(written, variables);
    command.second = read_shell_commands(command.first.text);
    add_commands_of_shells(command.second);
    return command;
}

std::vector<command_fault> find_command_faults(read_command const& command,
                                               lint_surroundings const& around) {
    return linter(command, around).find();
}

} // namespace trafikito::config
