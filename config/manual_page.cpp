#include "config/manual_page.hpp"

#include "config/command_table.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace trafikito::config {
namespace {

std::string bold(std::string_view text) {
    return "\\fB" + roff(text) + "\\fR";
}

std::string sentence(std::string text) {
    if (!text.empty() && !text.ends_with('.')) {
        text += '.';
    }
    return roff(text) + '\n';
}

/// What people type is bold, what they replace is italic.
std::string in_fonts(std::string_view label) {
    std::string result;
    while (!label.empty()) {
        auto const end = std::min(label.find_first_of(" ,[]|"), label.size());
        if (end == 0) {
            result += label.front();
            label.remove_prefix(1);
            continue;
        }
        auto const word = label.substr(0, end);
        bool const replaced = word.front() >= 'A' && word.front() <= 'Z';
        result += (replaced ? "\\fI" : "\\fB") + roff(word) + "\\fR";
        label.remove_prefix(end);
    }
    return result;
}

std::string entry(CLI::Option const& one) {
    return ".TP\n" + in_fonts(label_of(one)) + '\n' + sentence(one.get_description());
}

std::string usage(CLI::App const& of) {
    auto const words = usage_words(of);
    std::string line = bold(words.front());
    for (auto at = words.begin() + 1; at != words.end(); ++at) {
        line += ' ' + in_fonts(*at);
    }
    return line + '\n';
}

std::string synopsis(CLI::App const& of, bool first = true) {
    auto text = (first ? std::string() : ".br\n") + usage(of);
    for (auto const* one : commands_of(of)) {
        text += synopsis(*one, false);
    }
    return text;
}

CLI::App const& named(CLI::App const& program, std::string_view path) {
    auto const* found = &program;
    while (!path.empty()) {
        auto const end = std::min(path.find(' '), path.size());
        auto const all = commands_of(*found);
        auto const one = std::ranges::find(all, path.substr(0, end), &CLI::App::get_name);
        if (one == all.end()) {
            throw std::runtime_error("the page names a command that is none: " + std::string(path));
        }
        found = *one;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return *found;
}

std::string options(CLI::App const& of) {
    std::string text;
    for (auto const* one : positionals_of(of)) {
        text += entry(*one);
    }
    for (auto const* one : options_of(of)) {
        text += entry(*one);
    }
    return text;
}

std::string one_option(CLI::App const& program, std::string_view words) {
    auto const at = std::min(words.rfind(' '), words.size());
    auto const& of = named(program, at == words.size() ? "" : words.substr(0, at));
    auto const name = at == words.size() ? words : words.substr(at + 1);
    auto const* const found = find_option(of, name);
    if (found == nullptr) {
        throw std::runtime_error("the page names an option that is none: " + std::string(words));
    }
    return entry(*found);
}

std::string about(CLI::App const& of) {
    auto text = of.get_description();
    if (auto const end = text.find('\n'); end != std::string::npos) {
        text.replace(end, 1, ". ");
    }
    return sentence(text);
}

std::string examples(CLI::App const& of) {
    std::string text = ".PP\n.RS\n.EX\n";
    for (auto const& one : example_lines_of(of)) {
        text += roff(one) + '\n';
    }
    return text + ".EE\n.RE\n";
}

/// Nothing where it is no mark of ours.
std::string filled(std::string_view mark, CLI::App const& program, std::string_view line) {
    auto const end = std::min(mark.find(' '), mark.size());
    auto const what = mark.substr(0, end);
    auto const rest = mark.substr(std::min(end + 1, mark.size()));
    if (what == "SYNOPSIS") {
        return synopsis(program);
    }
    if (what == "ABOUT") {
        return about(named(program, rest));
    }
    if (what == "OPTIONS") {
        return options(named(program, rest));
    }
    if (what == "OPTION") {
        return one_option(program, rest);
    }
    if (what == "EXAMPLES") {
        return examples(named(program, rest));
    }
    if (what == "EXIT_STATUS") {
        return sentence(exit_status_of(named(program, rest)));
    }
    return std::string(line) + '\n';
}

} // namespace

std::string roff(std::string_view text) {
    std::string result;
    for (char const c : text) {
        switch (c) {
        case '\\':
            result += "\\e";
            break;
        case '-':
            result += "\\-";
            break;
        case '`':
            result += "\\(ga";
            break;
        case '\'':
            result += "\\(aq";
            break;
        case '^':
            result += "\\(ha";
            break;
        case '~':
            result += "\\(ti";
            break;
        default:
            result += c;
        }
    }
    // A dot at the start of a line would be a request.
    return result.starts_with('.') ? "\\&" + result : result;
}

std::string filled_manual(std::string_view page, CLI::App const& program) {
    std::istringstream lines{std::string(page)};
    std::string result;
    for (std::string line; std::getline(lines, line);) {
        bool const is_mark = line.size() > 2 && line.front() == '@' && line.back() == '@';
        result += is_mark ? filled(std::string_view(line).substr(1, line.size() - 2), program, line)
                          : line + '\n';
    }
    return result;
}

} // namespace trafikito::config
