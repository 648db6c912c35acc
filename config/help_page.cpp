#include "config/help_page.hpp"

#include "config/command_table.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::config {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t widest_label = 26;
constexpr std::size_t margin = 2;

/// What stands left, and what is said of it.
struct row {
    std::string label;
    std::string text;
};

std::string table(std::vector<row> const& rows) {
    std::size_t column = 0;
    for (auto const& one : rows) {
        if (one.label.size() <= widest_label) {
            column = std::max(column, one.label.size() + 2 * margin);
        }
    }
    std::string result;
    for (auto const& one : rows) {
        result.append(margin, ' ');
        result += one.label;
        auto filled = margin + one.label.size();
        if (filled + margin > column) {
            result += '\n';
            filled = 0;
        }
        result.append(column - filled, ' ');
        result += wrapped(one.text, column, column, width);
    }
    return result;
}

/// What must be there, and that there is more.
std::vector<std::string> shortened(std::vector<std::string> const& words) {
    std::vector<std::string> result;
    bool more = false;
    for (auto const& word : words) {
        bool const one_of_many = word.starts_with("[-");
        if (!one_of_many) {
            result.push_back(word);
        } else if (!std::exchange(more, true)) {
            result.emplace_back("[OPTION...]");
        }
    }
    return result;
}

std::string usage(CLI::App const& of) {
    constexpr std::string_view title = "Usage:";
    auto words = usage_words(of);
    std::size_t all = title.size();
    for (auto const& word : words) {
        all += 1 + word.size();
    }
    if (all > width) {
        words = shortened(words);
    }
    std::string text(title);
    auto column = text.size();
    for (auto const& word : words) {
        bool const next_line = column + 1 + word.size() > width;
        text += next_line ? '\n' + std::string(title.size() + 1, ' ') : std::string(" ");
        column = (next_line ? title.size() : column) + 1 + word.size();
        text += word;
    }
    return text + '\n';
}

std::string about(CLI::App const& of) {
    auto text = of.get_description();
    if (auto const end = text.find('\n'); end != std::string::npos) {
        text.replace(end, 1, ". ");
    } else {
        text += '.';
    }
    return wrapped(text, 0, 0, width);
}

std::string options(CLI::App const& of) {
    std::vector<row> rows;
    for (auto const* one : positionals_of(of)) {
        rows.push_back({label_of(*one), one->get_description()});
    }
    for (auto const* one : options_of(of)) {
        rows.push_back({label_of(*one), one->get_description()});
    }
    return rows.empty() ? std::string() : "\nOptions:\n" + table(rows);
}

std::string commands(CLI::App const& of) {
    std::vector<row> rows;
    for (auto const* one : commands_of(of)) {
        rows.push_back({one->get_name(), summary_of(*one)});
    }
    return rows.empty() ? std::string() : "\nCommands:\n" + table(rows);
}

/// Kept where CLI11 has room for it: example_lines_of() and exit_status_of() read it there.
std::string footer_of(command_words const& words) {
    std::string footer = words.examples.empty() ? "" : "Examples:\n";
    for (auto const& one : words.examples) {
        footer += "  ";
        for (char const c : one) {
            footer += c;
            footer += c == '\n' ? "  " : "";
        }
        footer += '\n';
    }
    if (!words.exit_status.empty()) {
        footer += "\nExit status: " + std::string(words.exit_status);
    }
    return footer;
}

CLI::App* below(CLI::App& program, std::string_view path) {
    auto* found = &program;
    while (found != nullptr && !path.empty()) {
        auto const end = std::min(path.find(' '), path.size());
        auto const name = path.substr(0, end);
        auto const named =
            found->get_subcommands([&](CLI::App* one) { return one->get_name() == name; });
        found = named.empty() ? nullptr : named.front();
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return found;
}

} // namespace

std::string wrapped(std::string_view words, std::size_t indent, std::size_t column,
                    std::size_t widest) {
    std::string result;
    bool first = true;
    while (!words.empty()) {
        auto const end = std::min(words.find(' '), words.size());
        auto const word = words.substr(0, end);
        words.remove_prefix(std::min(end + 1, words.size()));
        if (!first && column + 1 + word.size() > widest) {
            result += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (!first) {
            result += ' ';
            ++column;
        }
        result += word;
        column += word.size();
        first = false;
    }
    return result + '\n';
}

void set_words(CLI::App& program, std::vector<command_words> const& all) {
    for (auto const& words : all) {
        auto* const found = below(program, words.command);
        if (found == nullptr) {
            continue;
        }
        if (!words.more.empty()) {
            found->description(found->get_description() + '\n' + std::string(words.more));
        }
        found->footer(footer_of(words));
    }
}

std::string help_page(CLI::App const& of) {
    auto page = usage(of) + '\n' + about(of) + commands(of) + options(of);
    auto footer = of.get_footer();
    if (!exit_status_of(of).empty()) {
        auto const line = footer.rfind('\n') + 1;
        footer = footer.substr(0, line) + wrapped(footer.substr(line), 0, 0, width);
    }
    return footer.empty() ? page : page + '\n' + footer;
}

std::string help_page_of_chosen(CLI::App const& program) {
    return help_page(*chosen_way(program).back());
}

} // namespace trafikito::config
