#include "agent/inspection/shell_syntax.hpp"

#include "base/ascii.hpp"
#include "base/asked_program.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace trafikito::agent::inspection {

namespace {

constexpr std::size_t longest_words = 4096;
constexpr std::chrono::seconds patience{10}; ///< it reads a line

/// `sh: 1: Syntax error: "done" unexpected` without what stands in front; one line.
std::string without_beginning(std::string_view words) {
    words = words.substr(0, words.find('\n'));
    auto const at = words.find("yntax error");
    if (at != std::string_view::npos) {
        words.remove_prefix(at == 0 ? 0 : at - 1);
    }
    constexpr std::string_view begin = "yntax error: ";
    if (words.size() > begin.size() && words.substr(1).starts_with(begin)) {
        words.remove_prefix(begin.size() + 1);
    }
    return std::string(base::trim(words));
}

} // namespace

bool is_plain(std::string const& text) {
    return std::ranges::all_of(text, [](char c) {
        return base::is_word(c) ||
               std::string_view(" ./-=%:,+@^").find(c) != std::string_view::npos;
    });
}

std::optional<std::string> find_syntax_error(std::string const& text) {
    auto const answer = base::ask_program({.words = {"/bin/sh", "-n", "-c", ' ' + text}, // or a -
                                           .environment = {"LC_ALL=C"},
                                           .patience = patience,
                                           .heard = base::program_question::stream::errors,
                                           .limit = longest_words});
    bool const refused = answer.whole && answer.code > 0 && answer.code < 128;
    return refused && !answer.said.empty() ? std::optional(without_beginning(answer.said))
                                           : std::nullopt;
}

} // namespace trafikito::agent::inspection
