#include "config/usage_error.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/printable.hpp"
#include "config/command_table.hpp"
#include "config/help_page.hpp"
#include "config/nearest.hpp"

#include <algorithm>

namespace trafikito::config {
namespace {

constexpr std::size_t longest_shown = 60;

std::string shown(std::string_view word) {
    return word.empty() ? "an empty word" : base::for_line(word, longest_shown);
}

/// `a, b and c`.
std::string listed(std::vector<std::string> const& names, std::string_view last = " and ") {
    std::string text;
    for (std::size_t at = 0; at < names.size(); ++at) {
        if (at > 0) {
            text += at + 1 == names.size() ? last : ", ";
        }
        text += names[at];
    }
    return text;
}

std::optional<std::string> nearest_of(std::string_view word,
                                      std::vector<std::string> const& names) {
    std::vector<std::string_view> const views(names.begin(), names.end());
    auto const near = nearest(word, views);
    return near ? std::optional<std::string>(*near) : std::nullopt;
}

std::vector<std::string> names_of_commands(CLI::App const& of) {
    std::vector<std::string> names;
    for (auto const* one : commands_of(of)) {
        names.push_back(one->get_name());
    }
    return names;
}

std::vector<std::string> names_of_options(CLI::App const& of) {
    std::vector<std::string> names;
    for (auto const* one : options_of(of)) {
        names.push_back(name_of(*one));
    }
    return names;
}

/// The first command below `from` that has an option of that name.
CLI::App const* owner_of(CLI::App const& from, std::string_view name) {
    for (auto const* one : commands_of(from)) {
        if (find_option(*one, name) != nullptr) {
            return one;
        }
        if (auto const* further = owner_of(*one, name)) {
            return further;
        }
    }
    return nullptr;
}

std::string unknown_option(std::vector<CLI::App const*> const& way, CLI::App const& where,
                           std::string const& word) {
    auto const name = word.substr(0, word.find('='));
    auto const& last = *way.back();
    if (&last != &where && find_option(last, name) != nullptr) {
        return shown(name) + " is an option of " + last.get_name() +
               ": write it behind that word, `" + full_name(last) + ' ' +
               label_of(*find_option(last, name)) + '`';
    }
    auto text = "unknown option " + shown(name);
    if (auto const near = nearest_of(name, names_of_options(last))) {
        return text + "; did you mean " + *near + '?';
    }
    if (auto const* other = owner_of(*way.front(), name)) {
        return shown(name) + " is an option of `" + full_name(*other) + "`, not of `" +
               full_name(last) + '`';
    }
    auto const known = names_of_options(last);
    return known.empty() || known.size() > 6
               ? text
               : text + "; `" + full_name(last) + "` takes " + listed(known);
}

std::string unknown_word(CLI::App const& where, std::string const& word) {
    auto const names = names_of_commands(where);
    if (names.empty()) {
        std::string takes;
        for (auto const* one : positionals_of(where)) {
            takes += takes.empty() ? label_of(*one) : ' ' + label_of(*one);
        }
        return shown(word) + " is one word too many: `" + full_name(where) + "` takes " +
               (takes.empty() ? "no word beside its options" : takes + " and nothing else");
    }
    auto const text = "unknown command " + shown(word);
    if (word == "help") {
        return text + "; did you mean --help?";
    }
    auto const near = nearest_of(word, names);
    return text + (near ? "; did you mean " + *near + '?' : "; there are " + listed(names));
}

/// What nobody took, if there is such: it is said before what is missing, since a mistyped word is
/// missing elsewhere.
std::string what_nobody_took(std::vector<CLI::App const*> const& way) {
    for (auto const* where : way) {
        auto rest = where->remaining(false);
        std::erase(rest, "--");
        if (rest.empty()) {
            continue;
        }
        auto const& word = rest.front();
        bool const is_option = word.size() > 1 && word.front() == '-';
        return is_option ? unknown_option(way, *where, word) : unknown_word(*where, word);
    }
    return {};
}

std::string needs(CLI::App const& of, CLI::Option const& missing) {
    auto text = '`' + full_name(of) + "` needs " + label_of(missing);
    auto const example = first_example_of(of);
    return example.empty() ? text : text + ", as in `" + example + '`';
}

std::string what_is_missing(std::vector<CLI::App const*> const& way) {
    for (auto const* where : way) {
        for (auto const* one : where->get_options()) {
            if (one->get_required() && one->count() == 0) {
                return needs(*where, *one);
            }
        }
    }
    auto const& last = *way.back();
    return '`' + full_name(last) + "` needs a command: " + listed(names_of_commands(last), " or ");
}

/// `--json excludes --raw` and `--key requires --certificate` of CLI11, said as what to do.
std::string pair_of(std::string const& text, std::string_view verb, std::string_view between,
                    std::string_view end) {
    auto const at = text.find(verb);
    if (at == std::string::npos) {
        return text;
    }
    return text.substr(0, at) + std::string(between) + text.substr(at + verb.size()) +
           std::string(end);
}

/// The option that CLI11 names at the start of its words.
CLI::Option const* named_in(std::vector<CLI::App const*> const& way, std::string_view text) {
    for (auto const* where : way) {
        for (auto const* one : where->get_options()) {
            auto const name = one->get_name();
            if (text.starts_with(name) && text.substr(name.size()).starts_with(':')) {
                return one;
            }
        }
    }
    return nullptr;
}

std::string wrong_number(std::vector<CLI::App const*> const& way, std::string const& text) {
    auto const* const one = named_in(way, text);
    if (one == nullptr) {
        return text;
    }
    if (text.find("At Most") != std::string::npos) {
        return name_of(*one) + " stands there more than once: give it once";
    }
    return name_of(*one) + " needs a value: " + label_of(*one);
}

/// Of `names: 5 is no name`, as CLI11 writes it, `NAME 5 is no name`.
std::string wrong_value(std::vector<CLI::App const*> const& way, std::string const& text) {
    auto const* const one = named_in(way, text);
    return one == nullptr ? text : name_of(*one) + text.substr(one->get_name().size() + 1);
}

std::string in_words(CLI::App const& program, CLI::ParseError const& error) {
    auto const way = chosen_way(program);
    std::string text = error.what();
    auto const kind = error.get_name();
    if (kind == "ValidationError") {
        return wrong_value(way, text);
    }
    if (kind == "ArgumentMismatch") {
        return wrong_number(way, text);
    }
    if (auto const unknown = what_nobody_took(way); !unknown.empty()) {
        return unknown;
    }
    if (kind == "RequiredError") {
        return what_is_missing(way);
    }
    if (kind == "ExcludesError") {
        return pair_of(text, " excludes ", " and ", " exclude each other: give one of them");
    }
    if (kind == "RequiresError") {
        return pair_of(text, " requires ", " needs ", " beside it: give both");
    }
    return text;
}

/// `--config --once`: CLI11 would take the second for the name of a file. And `--config=`, for
/// which it would take whatever stands next.
std::string option_without_value(CLI::App const& program, std::vector<std::string> const& words) {
    CLI::App const* where = &program;
    for (std::size_t at = 0; at < words.size() && words[at] != "--"; ++at) {
        auto const& word = words[at];
        for (auto const* one : commands_of(*where)) {
            if (one->get_name() == word) {
                where = one;
                break;
            }
        }
        if (!word.starts_with("--")) {
            continue;
        }
        auto const equals = word.find('=');
        auto const* const one = find_option(*where, word.substr(0, equals));
        if (one == nullptr || !takes_value(*one)) {
            continue;
        }
        bool const next_is_option = equals == std::string::npos && at + 1 < words.size() &&
                                    words[at + 1].starts_with("--") &&
                                    find_option(*where, words[at + 1]) != nullptr;
        if (equals + 1 == word.size() || next_is_option) {
            return name_of(*one) + " needs a value: " + label_of(*one);
        }
        at += equals == std::string::npos ? 1 : 0;
    }
    return {};
}

/// The command that the words name, without reading them: for the help that is advised.
CLI::App const& command_in(CLI::App const& program, std::vector<std::string> const& words) {
    CLI::App const* where = &program;
    for (auto const& word : words) {
        for (auto const* one : commands_of(*where)) {
            if (one->get_name() == word) {
                where = one;
                break;
            }
        }
    }
    return *where;
}

command_line_end wrong_call(CLI::App const& program, CLI::App const& of, std::string_view what) {
    return {2, program.get_name() + ": error: " + base::one_line(what) + "\nSee `" + full_name(of) +
                   " --help`.\n"};
}

} // namespace

command_line_end wrong_command_line(CLI::App const& program, std::string_view what) {
    return wrong_call(program, *chosen_way(program).back(), what);
}

std::optional<command_line_end> read_command_line(CLI::App& program,
                                                  std::vector<std::string> const& words) {
    if (auto const what = option_without_value(program, words); !what.empty()) {
        return wrong_call(program, command_in(program, words), what);
    }
    std::vector<std::string> backwards(words.rbegin(), words.rend()); // as CLI11 takes them
    try {
        program.parse(std::move(backwards));
        return std::nullopt;
    } catch (CLI::CallForHelp const&) {
        return command_line_end{0, help_page_of_chosen(program)};
    } catch (CLI::CallForVersion const& version) {
        return command_line_end{0, std::string(version.what()) + '\n'};
    } catch (CLI::ParseError const& error) {
        return wrong_command_line(program, in_words(program, error));
    }
}

std::string check_not_empty(std::string const& text) {
    return text.empty() ? "is empty" : "";
}

std::string check_number(std::string const& text, std::string_view example, long long least,
                         long long most) {
    auto const number = base::number_in<long long>(text);
    if (number && *number >= least && *number <= most) {
        return "";
    }
    return shown(text) + " is no whole number from " + std::to_string(least) + " to " +
           std::to_string(most) + ": write " + std::string(example);
}

std::string check_choice(std::string const& text, std::string_view choices) {
    std::vector<std::string> names;
    while (!choices.empty()) {
        auto const end = std::min(choices.find(' '), choices.size());
        names.emplace_back(choices.substr(0, end));
        choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    if (std::ranges::find(names, text) != names.end()) {
        return "";
    }
    auto const near = nearest_of(text, names);
    return shown(text) + " is none of " + listed(names) +
           (near ? "; did you mean " + *near + '?' : "");
}

} // namespace trafikito::config
