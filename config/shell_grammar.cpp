#include "config/shell_grammar.hpp"

#include <utility>

namespace trafikito::config {

shell_fault::kind fault_without_end(frame const& of) {
    return of.opened_by == "("   ? shell_fault::kind::parenthesis
           : of.opened_by == "{" ? shell_fault::kind::brace
                                 : shell_fault::kind::keyword;
}

bool is_endless(frame const& of, std::vector<shell_command> const& commands) {
    constexpr std::array<std::string_view, 5> ways_out{"break", "exit", "exec", "return", "kill"};
    bool const loop = of.opened_by == "while" || of.opened_by == "until";
    if (!loop || of.begin >= commands.size()) {
        return false;
    }
    auto const& asked = commands[of.begin].words;
    bool const for_ever =
        asked.size() == 1 &&
        (of.opened_by == "while" ? asked.front().is("true") || asked.front().is(":")
                                 : asked.front().is("false"));
    return for_ever && std::none_of(commands.begin() + static_cast<std::ptrdiff_t>(of.begin),
                                    commands.end(), [&](auto const& one) {
                                        auto const& program = one.words.front();
                                        return !program.known || is_among(ways_out, program.text);
                                    });
}

std::optional<bash_word> bash_word_at(std::string_view text, std::size_t offset,
                                      shell_command const* now) {
    constexpr std::size_t looked_at = 200;
    auto const rest = text.substr(offset, looked_at);
    bool const first = now == nullptr || (now->words.empty() && now->assigned.empty());
    auto const end = rest.find("))");
    if (first && rest.starts_with("((") && end != std::string_view::npos &&
        rest.substr(0, end).find_first_of(";|&") == std::string_view::npos) {
        return bash_word{"((…))", offset, bash_word::kind::arithmetic};
    }
    if (offset != 0 && text[offset - 1] == '=' && now != nullptr && now->words.empty()) {
        return bash_word{"an array, NAME=(…),", offset, bash_word::kind::syntax};
    }
    return std::nullopt;
}

void add_target(shell_command& to, command_word word, redirection by) {
    bool const nowhere =
        std::ranges::any_of(to.outputs, [](auto const& one) { return one.is("/dev/null"); });
    if (by.of_errors && (word.is("/dev/null") || (!by.writes && word.is("1") && nowhere))) {
        to.hides_errors = true;
    }
    if (by.reads) {
        to.inputs.push_back(std::move(word));
    } else if (by.writes) {
        to.outputs.push_back(std::move(word));
    }
}

} // namespace trafikito::config
