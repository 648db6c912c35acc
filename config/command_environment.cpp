#include "config/command_environment.hpp"

#include "config/diagnostic.hpp"

#include <algorithm>

namespace trafikito::config {

namespace {

constexpr std::size_t most_names = 64;

bool is_name(std::string_view text) {
    auto const letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !text.empty() && letter(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

} // namespace

parsed<std::vector<std::string>> parse_command_environment(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    std::vector<std::string> variables;
    std::vector<std::string_view> names;
    for (auto at = text.find_first_not_of(blanks); at != std::string_view::npos;
         at = text.find_first_not_of(blanks, at)) {
        auto const word = text.substr(at, text.find_first_of(blanks, at) - at);
        at += word.size();
        auto const name = word.substr(0, word.find('='));
        if (name.size() == word.size() || !is_name(name)) {
            // Not even the word: what has no name may be a value torn off by a blank.
            return {{}, "must be NAME=value words separated by blanks; one is not"};
        }
        if (std::ranges::find(names, name) != names.end()) {
            return {{}, "must name each variable once; " + in_quotes(name) + " stands there twice"};
        }
        names.push_back(name);
        variables.emplace_back(word);
    }
    if (variables.size() > most_names) {
        return {{}, "must be at most " + std::to_string(most_names) + " variables"};
    }
    return {std::move(variables), {}};
}

} // namespace trafikito::config
