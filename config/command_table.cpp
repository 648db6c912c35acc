#include "config/command_table.hpp"

#include <algorithm>
#include <sstream>

namespace trafikito::config {
namespace {

constexpr std::string_view example_indent = "  ";
constexpr std::string_view status_title = "Exit status: ";

bool is_hidden(CLI::Option const& one) {
    return one.get_group().empty();
}

/// Of the program alone: every command has its --help, which nobody has to be told there.
bool is_for_program(CLI::App const& of, CLI::Option const& one) {
    return &one == of.get_help_ptr() || &one == of.get_version_ptr();
}

std::string without_hyphens(std::string_view name) {
    name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
    return std::string(name);
}

std::string in_usage(CLI::Option const& one) {
    auto words = name_of(one);
    if (takes_value(one) && one.nonpositional()) {
        words += ' ' + value_of(one);
    }
    if (takes_several(one)) {
        words += "...";
    }
    return one.get_required() ? words : '[' + words + ']';
}

} // namespace

std::vector<CLI::App const*> commands_of(CLI::App const& parent) {
    return parent.get_subcommands(
        [](CLI::App const* one) { return !one->get_group().empty() && !one->get_name().empty(); });
}

std::vector<CLI::Option const*> options_of(CLI::App const& of) {
    std::vector<CLI::Option const*> found;
    for (auto const* one : of.get_options()) {
        bool const told = of.get_parent() == nullptr || !is_for_program(of, *one);
        if (one->nonpositional() && !is_hidden(*one) && told) {
            found.push_back(one);
        }
    }
    auto const* const above = of.get_parent();
    if (above != nullptr && of.get_fallthrough()) {
        std::ranges::copy_if(options_of(*above), std::back_inserter(found),
                             [&](auto const* one) { return !is_for_program(*above, *one); });
    }
    return found;
}

CLI::Option const* find_option(CLI::App const& of, std::string_view name) {
    auto const plain = without_hyphens(name);
    auto const all = options_of(of);
    auto const found = std::ranges::find_if(all, [&](CLI::Option const* one) {
        auto const& names =
            name.starts_with("--") || plain.size() > 1 ? one->get_lnames() : one->get_snames();
        return std::ranges::find(names, plain) != names.end();
    });
    return found == all.end() ? nullptr : *found;
}

std::vector<CLI::Option const*> positionals_of(CLI::App const& of) {
    return of.get_options([](CLI::Option const* one) { return one->get_positional(); });
}

std::vector<CLI::App const*> chosen_way(CLI::App const& program) {
    std::vector<CLI::App const*> way{&program};
    for (auto further = program.get_subcommands(); !further.empty();
         further = way.back()->get_subcommands()) {
        way.push_back(further.front());
    }
    return way;
}

bool takes_value(CLI::Option const& one) {
    return one.get_items_expected_max() > 0;
}

bool takes_several(CLI::Option const& one) {
    return one.get_items_expected_max() > 1;
}

std::string value_of(CLI::Option const& one) {
    return one.get_type_name();
}

std::string name_of(CLI::Option const& one) {
    if (!one.nonpositional()) {
        return value_of(one);
    }
    return one.get_lnames().empty() ? '-' + one.get_snames().front()
                                    : "--" + one.get_lnames().front();
}

std::string label_of(CLI::Option const& one) {
    auto label = name_of(one);
    if (!one.get_snames().empty() && !one.get_lnames().empty()) {
        label.insert(0, '-' + one.get_snames().front() + ", ");
    }
    if (takes_value(one) && one.nonpositional()) {
        label += ' ' + value_of(one);
    }
    return one.nonpositional() || !takes_several(one) ? label : label + "...";
}

std::string full_name(CLI::App const& of) {
    auto const* const above = of.get_parent();
    return above == nullptr ? of.get_name() : full_name(*above) + ' ' + of.get_name();
}

std::string summary_of(CLI::App const& of) {
    auto const text = of.get_description();
    return text.substr(0, text.find('\n'));
}

std::vector<std::string> usage_words(CLI::App const& of) {
    std::vector<std::string> words{full_name(of)};
    auto const options = options_of(of);
    for (bool const required : {true, false}) {
        for (auto const* one : options) {
            bool const told = !is_for_program(of, *one) && one->get_required() == required;
            if (told) {
                words.push_back(in_usage(*one));
            }
        }
    }
    if (!commands_of(of).empty()) {
        words.emplace_back(of.get_require_subcommand_min() > 0 ? "COMMAND" : "[COMMAND]");
    }
    for (auto const* one : positionals_of(of)) {
        words.push_back(in_usage(*one));
    }
    return words;
}

std::vector<std::string> example_lines_of(CLI::App const& of) {
    std::vector<std::string> examples;
    std::istringstream lines(of.get_footer());
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(example_indent)) {
            examples.push_back(line.substr(example_indent.size()));
        }
    }
    return examples;
}

std::string first_example_of(CLI::App const& of) {
    std::string example;
    for (auto const& line : example_lines_of(of)) {
        example += line.substr(std::min(line.find_first_not_of(' '), line.size()));
        if (!example.ends_with('\\')) {
            break;
        }
        example.pop_back();
    }
    return example;
}

std::string exit_status_of(CLI::App const& of) {
    auto const footer = of.get_footer();
    auto const at = footer.find(status_title);
    return at == std::string::npos ? std::string() : footer.substr(at + status_title.size());
}

} // namespace trafikito::config
