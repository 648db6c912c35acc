#include "config/program_run.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>

namespace trafikito::config {
namespace {

constexpr std::string_view none;

/// A program that runs the words behind its own options.
struct wrapper {
    std::string_view name;
    std::string_view with_value;          ///< letters of its options that take a word
    std::size_t operands = 0;             ///< of its own, in front of the program
    std::string_view runs_nothing = none; ///< with one of these options
};

constexpr std::array wrappers{
    wrapper{"builtin", ""},
    wrapper{"chroot", "", 1},
    wrapper{"chrt", "TPD", 1, "pm"},
    wrapper{"command", "", 0, "vV"},
    wrapper{"doas", "uCa"},
    wrapper{"env", "uSC"},
    wrapper{"exec", "a"},
    wrapper{"flock", "wE", 1, "cu"},
    wrapper{"ionice", "cnpPu", 0, "pPu"},
    wrapper{"nice", "n"},
    wrapper{"nohup", ""},
    wrapper{"setsid", ""},
    wrapper{"stdbuf", "ioe"},
    wrapper{"sudo", "ugpUhCrtDRT", 0, "lvVkKes"},
    wrapper{"taskset", "", 1, "p"},
    wrapper{"time", "fo"},
    wrapper{"timeout", "ks", 1},
    wrapper{"xargs", "IaEdLnPs"},
};

constexpr std::array<std::string_view, 20> long_with_value{
    "--after-context", "--arg-file",  "--assign",     "--before-context",  "--bytes",
    "--context",       "--delimiter", "--expression", "--field-separator", "--fields",
    "--file",          "--group",     "--key",        "--kill-after",      "--lines",
    "--max-args",      "--max-count", "--regexp",     "--signal",          "--user"};

bool is_assignment(std::string_view word) {
    auto const name = word.substr(0, word.find('='));
    return name.size() < word.size() && !name.empty() && std::ranges::all_of(name, base::is_word);
}

std::string_view last_part(std::string_view path) {
    auto const slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool takes_next(std::string_view option, std::string_view with_value) {
    if (option.starts_with("--")) {
        return std::ranges::find(long_with_value, option) != long_with_value.end();
    }
    auto const taking = option.find_first_of(with_value, 1);
    return !with_value.empty() && taking != std::string_view::npos && taking + 1 == option.size();
}

bool runs_nothing(std::string_view option, wrapper const& by) {
    if (option.starts_with("--") || by.runs_nothing.empty()) {
        return false;
    }
    auto const letters = option.substr(1, option.find_first_of(by.with_value, 1));
    return letters.find_first_of(by.runs_nothing) != std::string_view::npos;
}

/// Index of the program that the wrapper of `words` runs; 0 where there is none, or none known.
std::size_t wrapped(std::span<command_word const> words, wrapper const& by) {
    auto own = by.operands;
    bool options = true;
    for (std::size_t at = 1; at < words.size(); ++at) {
        auto const& word = words[at];
        if (!word.known) {
            return 0;
        }
        std::string_view const text = word.text;
        if (options && text == "--") {
            options = false;
        } else if (options && text.size() > 1 && text.front() == '-') {
            if (runs_nothing(text, by)) {
                return 0;
            }
            at += takes_next(text, by.with_value) ? 1 : 0;
        } else if (own != 0) {
            --own;
        } else if (!is_assignment(text)) {
            return at;
        }
    }
    return 0;
}

} // namespace

bool arguments::has_long(std::string_view beginning) const {
    return std::ranges::any_of(long_options,
                               [&](auto const& one) { return one.starts_with(beginning); });
}

std::string_view program_run::name() const {
    return last_part(program().text);
}

arguments program_run::read_arguments(std::string_view with_value) const {
    arguments read;
    bool options = true;
    for (std::size_t at = 1; at < words.size(); ++at) {
        std::string_view const text = words[at].text;
        read.known = read.known && words[at].known;
        if (!options || text.size() < 2 || text.front() != '-') {
            read.operands.emplace_back(text);
        } else if (text == "--") {
            options = false;
        } else {
            if (text.starts_with("--")) {
                read.long_options.emplace_back(text.substr(0, text.find('=')));
            } else {
                read.short_options.emplace_back(text);
                auto const taking =
                    with_value.empty() ? std::string_view::npos : text.find_first_of(with_value, 1);
                read.letters += text.substr(1, taking);
            }
            at += takes_next(text, with_value) ? 1 : 0;
        }
    }
    return read;
}

std::vector<program_run> runs_of(shell_command const& command) {
    std::vector<program_run> found;
    std::span<command_word const> const rest(command.words);
    program_run next{.words = rest, .of = &command, .limited = false, .by = {}};
    while (!next.words.empty() && next.program().known && !next.program().text.empty()) {
        found.push_back(next);
        auto const name = next.name();
        auto const* const by = std::ranges::find(wrappers, name, &wrapper::name);
        if (by == wrappers.end()) {
            break;
        }
        auto const at = wrapped(next.words, *by);
        if (at == 0) {
            break;
        }
        next.limited = next.limited || name == "timeout";
        next.by = name;
        next.words = next.words.subspan(at);
    }
    return found;
}

} // namespace trafikito::config
