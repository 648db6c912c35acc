#include "config/command_slips.hpp"

#include "base/ascii.hpp"
#include "config/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace trafikito::config {
namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, base::is_digit);
}

std::size_t count_of(std::string_view text, char wanted) {
    return static_cast<std::size_t>(std::ranges::count(text, wanted));
}

// --- of bash ------------------------------------------------------------------------------------

slip of_bash(bash_word const& one) {
    using kind = bash_word::kind;
    auto const& is = one.is;
    switch (one.as) {
    case kind::background:
        return {one.offset,
                {is + " is of bash: /bin/sh runs the command in the background, and empties the "
                      "file",
                 "Write >FILE 2>&1."},
                false};
    case kind::expansion:
        return {
            one.offset,
            {in_quotes(is) + " is of bash: /bin/sh calls it a bad substitution, and stops there",
             "Write bash -c '…', or use cut, sed or awk."},
            false};
    case kind::variable:
        return {one.offset,
                {is + " is set by bash alone: in /bin/sh nothing stands in its place",
                 "Write bash -c '…', or what a program says: id -u, hostname, date +%s."},
                false};
    case kind::quoting:
        return {one.offset,
                {is + " is of bash: /bin/sh takes the $ for itself", "Write printf in its place."},
                false};
    case kind::arithmetic:
        return {one.offset,
                {in_quotes(is) + " is of bash: /bin/sh does not reckon so, and the command fails",
                 "Write x=$((x + 1))."},
                false};
    case kind::braces:
        return {one.offset,
                {in_quotes(is) + " is of bash: /bin/sh makes no words of it, and passes it as it "
                                 "stands",
                 "Write the words out, or seq 1 3 for {1..3}."},
                false};
    case kind::syntax:
        break;
    }
    return {one.offset,
            {is + " is of bash, and /bin/sh reads a command: it runs nothing",
             "Write COMMAND | …, or bash -c '…'."},
            true};
}

/// `a=5; echo $a` of a name that bash would set otherwise.
bool is_assigned(shell_commands const& in, std::string_view name) {
    return std::ranges::any_of(in.commands,
                               [&](auto const& one) {
                                   return std::ranges::find(one.assigned, name) !=
                                              one.assigned.end() ||
                                          (one.words.front().is("read") &&
                                           std::ranges::any_of(one.words, [&](auto const& word) {
                                               return word.is(name);
                                           }));
                               }) ||
           std::ranges::find(in.assigned_alone, name) != in.assigned_alone.end();
}

// --- what a comment cuts off --------------------------------------------------------------------

/// A comment that looks like what was to be run.
bool cuts_off(std::string_view comment) {
    comment.remove_prefix(1);
    bool const quotes = count_of(comment, '\'') >= 2 && count_of(comment, '\'') % 2 == 0 &&
                        comment.find_first_of("{/") != std::string_view::npos;
    return quotes || comment.find_first_of("|;&><$") != std::string_view::npos;
}

// --- slips of single programs -------------------------------------------------------------------

/// The operands of a program with options that take the word behind them.
std::vector<command_word const*> operands_of(program_run const& run, std::string_view with_value) {
    std::vector<command_word const*> found;
    bool options = true;
    for (std::size_t at = 1; at < run.words.size(); ++at) {
        auto const& word = run.words[at];
        std::string_view const text = word.text;
        if (!options || text.size() < 2 || text.front() != '-') {
            found.push_back(&word);
        } else if (text == "--") {
            options = false;
        } else if (!text.starts_with("--")) {
            auto const taking = text.find_first_of(with_value, 1);
            at +=
                !with_value.empty() && taking != std::string_view::npos && taking + 1 == text.size()
                    ? 1
                    : 0;
        }
    }
    return found;
}

constexpr std::string_view in_single_quotes = "Put it between single quotes.";

std::optional<slip> find_cut_date(program_run const& run) {
    auto const operands = operands_of(run, "drfIs");
    for (auto const* one : operands) {
        if (one->text.find("\\%") != std::string::npos) {
            return slip{one->offset,
                        {"a backslash in front of % is what a crontab wants: here date prints it",
                         "Take the backslashes out."},
                        false};
        }
    }
    if (operands.size() < 2 || !operands[0]->text.starts_with('+') || operands[0]->quoted) {
        return std::nullopt;
    }
    return slip{operands[1]->offset,
                {"the blank in front of this ends the format of date, which takes no second one: "
                 "it fails",
                 "Put the format between single quotes: date '+%H %M'."},
                false};
}

std::optional<slip> find_cut_stat(program_run const& run) {
    for (auto const* one : operands_of(run, "cft")) {
        if (one->text.starts_with('%') && one->known) {
            return slip{one->offset,
                        {"the blank in front of this ends the format of stat, which takes this for "
                         "a file",
                         "Put the format between single quotes: stat -c '%n %s' FILE."},
                        false};
        }
    }
    return std::nullopt;
}

std::optional<slip> find_cut_awk(program_run const& run) {
    auto const operands = operands_of(run, "vF");
    if (operands.empty() || operands[0]->quoted || run.read_arguments("vFf").has("f") ||
        count_of(operands[0]->text, '{') <= count_of(operands[0]->text, '}')) {
        return std::nullopt;
    }
    return slip{operands[0]->offset,
                {"the program of awk ends at the blank behind this: awk cannot read it",
                 "Put the program between single quotes: awk '{ print \\$1 }'."},
                false};
}

std::optional<slip> find_cut_sed(program_run const& run) {
    auto const with = run.read_arguments("efl");
    auto const operands = operands_of(run, "efl");
    if (operands.empty() || with.has("ef") || operands[0]->quoted || !operands[0]->known) {
        return std::nullopt;
    }
    std::string_view const text = operands[0]->text;
    bool const replaces =
        text.size() > 2 && text.front() == 's' && !base::is_word(text[1]) && text[1] != '\\';
    if (!replaces || count_of(text, text[1]) > 2) {
        return std::nullopt;
    }
    return slip{operands[0]->offset,
                {"the expression of sed ends at the blank behind this: sed cannot read it",
                 std::string(in_single_quotes)},
                false};
}

/// `-name *.conf`
std::optional<slip> find_pattern_of_find(program_run const& run) {
    constexpr std::array<std::string_view, 9> options{"-name",  "-iname",     "-path",
                                                      "-ipath", "-wholename", "-iwholename",
                                                      "-regex", "-iregex",    "-lname"};
    for (std::size_t at = 1; at + 1 < run.words.size(); ++at) {
        auto const& next = run.words[at + 1];
        bool const takes =
            run.words[at].known && std::ranges::find(options, run.words[at].text) != options.end();
        if (takes && next.pattern && !next.quoted) {
            return slip{next.offset,
                        {"the shell puts the files of the folder in which the command begins in "
                         "the place of this pattern, before find sees it",
                         std::string(in_single_quotes)},
                        false};
        }
    }
    return std::nullopt;
}

/// `sh -c df -h`
std::optional<slip> find_cut_shell(program_run const& run) {
    bool const cut_short =
        run.words.size() > 3 && run.words[1].is("-c") && run.words[2].known && !run.words[2].quoted;
    if (!cut_short) {
        return std::nullopt;
    }
    return slip{run.words[3].offset,
                {"the command of " + std::string(run.name()) +
                     " -c ends at the blank in front of this, which it does not get",
                 "Put the whole command between single quotes: sh -c 'df -h'."},
                false};
}

struct cut {
    std::string_view name;
    std::optional<slip> (*find)(program_run const&);
};

constexpr std::array cuts{
    cut{"bash", find_cut_shell}, cut{"dash", find_cut_shell}, cut{"sh", find_cut_shell},
    cut{"awk", find_cut_awk},    cut{"date", find_cut_date},  cut{"find", find_pattern_of_find},
    cut{"gawk", find_cut_awk},   cut{"mawk", find_cut_awk},   cut{"sed", find_cut_sed},
    cut{"stat", find_cut_stat},
};

// --- slips of a whole command -------------------------------------------------------------------

/// `*/5 * * * * df`, `@hourly df`: a line of a crontab.
bool is_of_crontab(shell_command const& command) {
    constexpr std::size_t fields = 5;
    constexpr std::array<std::string_view, 8> names{"@annually", "@daily",  "@hourly", "@midnight",
                                                    "@monthly",  "@reboot", "@weekly", "@yearly"};
    auto const& words = command.words;
    if (words.front().known && std::ranges::find(names, words.front().text) != names.end()) {
        return true;
    }
    auto const is_field = [](command_word const& word) {
        return !word.quoted && word.known && !word.text.empty() &&
               std::ranges::all_of(word.text, [](char c) {
                   return base::is_digit(c) ||
                          std::string_view("*/,-").find(c) != std::string_view::npos;
               });
    };
    return words.size() > fields && std::all_of(words.begin(), words.begin() + fields, is_field);
}

slip of_output(shell_command const& command, command_word const& target) {
    auto const& program = command.words.front();
    if (program.is("[") || program.is("test")) {
        return {target.offset,
                {"between [ and ] a > writes a file, here " + in_quotes(target.text) +
                     ", and compares nothing",
                 "Write -gt for numbers (or -lt for <)."},
                false};
    }
    return {target.offset,
            {"this writes into a file whose name is " + target.text + ", and not where number " +
                 target.text + " leads",
             "Write 2>&1 for the output of errors, or ./" + target.text + " if a file is meant."},
            false};
}

} // namespace

std::vector<slip> find_slips(std::string_view text, shell_commands const& in, bool posix) {
    std::vector<slip> found;
    if (posix) {
        for (auto const& one : in.of_bash) {
            if (one.as != bash_word::kind::variable ||
                !is_assigned(in, std::string_view(one.is).substr(1))) {
                found.push_back(of_bash(one));
            }
        }
    }
    if (in.comment &&
        cuts_off(text.substr(in.comment->begin, in.comment->end - in.comment->begin))) {
        found.push_back(
            {in.comment->begin,
             {"a # behind a blank begins a comment: the shell reads nothing from here on",
              "Take it out, or put the # between single quotes if it is meant."},
             false});
    }
    if (in.endless_loop) {
        found.push_back({*in.endless_loop,
                         {"this loop never ends by itself: it is stopped when command_timeout is "
                          "over, each time",
                          "Take the loop out: the agent runs the command again and again."},
                         false});
    }
    if (in.commands.empty() && !in.does_more && !in.fault && in.of_bash.empty() &&
        in.functions.empty()) {
        found.push_back({0,
                         {"there is nothing to run in this command: its result is empty, each time",
                          "Write a command, or remove the line."},
                         false});
    }
    return found;
}

std::vector<slip> find_slips(shell_command const& command) {
    std::vector<slip> found;
    auto const& program = command.words.front();
    if (is_of_crontab(command)) {
        found.push_back({program.offset,
                         {"this looks like a line of a crontab: here a command has no times in "
                          "front of it, and its first word is the program",
                          "Take the times out, and write #: every=5m on the line above."},
                         false});
    } else if (program.known && !program.quoted && program.text.size() > 1 &&
               program.text.front() == '-') {
        found.push_back({program.offset,
                         {"a command begins with this option: the operator in front of it, such as "
                          "; or |, ends what it belongs to",
                          "Put the operator between single quotes: cut -d ';' -f 1."},
                         false});
    }
    for (auto const& target : command.outputs) {
        // Behind the ] it is a redirection as any other.
        bool const in_test = program.is("[") && target.offset < command.words.back().offset;
        if (target.known && !target.quoted && (in_test || is_digits(target.text))) {
            found.push_back(of_output(command, target));
        }
    }
    return found;
}

std::optional<slip> find_slip(program_run const& run) {
    auto const name = run.name();
    auto const* const known = std::ranges::find(cuts, name, &cut::name);
    return known == cuts.end() ? std::nullopt : known->find(run);
}

} // namespace trafikito::config
