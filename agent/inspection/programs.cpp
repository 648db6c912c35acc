#include "agent/inspection/programs.hpp"

#include "agent/daemon/eyes.hpp"
#include "agent/inspection/foreign_hands.hpp"
#include "agent/inspection/packages.hpp"
#include "agent/inspection/places.hpp"
#include "agent/inspection/script.hpp"
#include "base/shell_quoting.hpp"
#include "config/diagnostic.hpp"
#include "config/nearest.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 43> builtins{
    ".",        ":",       "[",     "alias", "bg",    "break",   "cd",    "chdir", "command",
    "continue", "echo",    "eval",  "exec",  "exit",  "export",  "false", "fc",    "fg",
    "getopts",  "hash",    "jobs",  "kill",  "local", "printf",  "pwd",   "read",  "readonly",
    "return",   "set",     "shift", "test",  "times", "trap",    "true",  "type",  "ulimit",
    "umask",    "unalias", "unset", "wait",  "in",    "builtin", "time"};

constexpr std::array<std::string_view, 19> builtins_of_bash{
    "[[",     "bind",      "caller",   "compgen", "complete", "declare", "dirs",
    "disown", "enable",    "function", "history", "let",      "mapfile", "popd",
    "pushd",  "readarray", "shopt",    "source",  "typeset"};

/// Where people have programs that no command's PATH has.
constexpr std::array<std::string_view, 7> elsewhere{
    "/usr/local/bin", "/usr/local/sbin", "/snap/bin",       "/opt/bin",
    "/usr/games",     "/root/bin",       "/root/.local/bin"};

/// They run the file that is their first operand.
constexpr std::array<std::string_view, 10> interpreters{"sh",  "bash",   "dash",    "ksh",  "perl",
                                                        "php", "python", "python3", "ruby", "node"};

template <std::size_t Size>
bool is_among(std::array<std::string_view, Size> const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool is_file(fs::path const& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

/// Whether the command asks itself whether that is there.
bool is_asked_for(config::read_command const& command, config::program_run const& run) {
    if (run.of->falls_back) {
        return true;
    }
    constexpr std::array<std::string_view, 6> askers{"command", "which", "type",
                                                     "hash",    "[",     "test"};
    return std::ranges::any_of(command.second.commands, [&](auto const& one) {
        return is_among(askers, one.words.front().text) &&
               std::ranges::any_of(one.words, [&](auto const& word) {
                   return &word != run.words.data() && word.text == run.program().text;
               });
    });
}

std::string joined(std::vector<std::string> const& folders) {
    std::string all;
    for (auto const& one : folders) {
        all += (all.empty() ? "" : ":") + one;
    }
    return all;
}

/// The operand that an interpreter runs; nothing with -c, -m and their like.
config::command_word const* script_of(config::program_run const& run) {
    if (!is_among(interpreters, run.name())) {
        return nullptr;
    }
    for (auto const& word : run.words.subspan(1)) {
        if (!word.known || !word.text.starts_with('-')) {
            return word.known ? &word : nullptr;
        }
        if (word.text.find_first_of("cmeprRB") != std::string::npos) {
            return nullptr;
        }
    }
    return nullptr;
}

} // namespace

std::optional<fs::path> program_finder::find(std::string_view name) {
    auto const known = known_.find(name);
    if (known != known_.end()) {
        return known->second;
    }
    std::optional<fs::path> found;
    for (auto const& folder : around_.path) {
        auto path = fs::path(folder) / name;
        if (is_file(path) && daemon::may(path, X_OK) == 0) {
            found = std::move(path);
            break;
        }
    }
    known_.emplace(name, found);
    return found;
}

std::vector<config::command_fault>
program_finder::find_missing(config::read_command const& command) {
    std::vector<config::command_fault> found;
    if (command.second.sets_path) {
        return found;
    }
    for (auto const& one : command.second.commands) {
        look_at_inputs(one, found);
        for (auto const& run : config::runs_of(one)) {
            bool const defined = std::ranges::find(command.second.functions, run.name()) !=
                                 command.second.functions.end();
            auto const before = found.size();
            if (!defined && !is_asked_for(command, run)) {
                look_at(run, found);
            }
            if (found.size() != before) {
                break; // what it wraps is not reached
            }
        }
    }
    for (auto& one : found) {
        one.offset = command.first.written_at(one.offset);
    }
    return found;
}

void program_finder::look_at(config::program_run const& run,
                             std::vector<config::command_fault>& found) {
    auto const& word = run.program();
    if (word.text.find('/') == std::string::npos) {
        look_in_path(run, found);
    } else {
        look_at_file((around_.directory / word.text).lexically_normal(), X_OK, word, found);
    }
    auto const* const script = found.empty() ? script_of(run) : nullptr;
    if (script != nullptr && !script->text.empty()) {
        auto const file = (around_.directory / script->text).lexically_normal();
        look_at_file(file, R_OK, *script, found);
        auto wrong = found.empty() ? find_other_interpreter(file, run.name(), around_.sh_is_bash)
                                   : std::nullopt;
        if (wrong) {
            found.push_back({script->offset, std::move(wrong->what), std::move(wrong->hint)});
        }
    }
}

/// `< FILE`, where that is known.
void program_finder::look_at_inputs(config::shell_command const& command,
                                    std::vector<config::command_fault>& found) const {
    for (auto const& word : command.inputs) {
        auto const file = (around_.directory / word.text).lexically_normal();
        auto const stopped =
            word.known && !word.text.empty() ? find_obstacle(file, R_OK) : std::nullopt;
        if (stopped && !command.falls_back) {
            found.push_back({word.offset,
                             (stopped->missing() ? "there is no " + file.string()
                                                 : stopped->in_words(around_.who, R_OK)) +
                                 ": the command has no input, and is not run",
                             mend_of(*stopped, around_.who, R_OK, false)});
        }
    }
}

void program_finder::look_in_path(config::program_run const& run,
                                  std::vector<config::command_fault>& found) {
    auto const& word = run.program();
    auto const& name = word.text;
    bool const of_shell = is_among(builtins, name) || is_among(builtins_of_bash, name);
    bool const by_shell = run.by.empty() || run.by == "command" || run.by == "exec" ||
                          run.by == "builtin" || run.by == "time";
    if ((of_shell && by_shell) || name.starts_with('-') || find(name)) {
        return;
    }
    for (auto const& folder : around_.path) {
        auto const path = fs::path(folder) / name;
        if (is_file(path)) {
            look_at_file(path, X_OK, word, found);
            return;
        }
    }
    found.push_back({word.offset,
                     "there is no " + config::in_quotes(name) + " in the PATH of commands (" +
                         joined(around_.path) + "): the shell finds nothing to run",
                     hint_for_missing(name)});
}

std::string program_finder::hint_for_missing(std::string const& name) {
    std::vector<std::string> places(elsewhere.begin(), elsewhere.end());
    if (char const* const own = std::getenv("PATH")) {
        std::string_view rest = own;
        while (!rest.empty()) {
            auto const folder = rest.substr(0, rest.find(':'));
            places.emplace_back(folder);
            rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
        }
    }
    for (auto const& folder : places) {
        auto const path = fs::path(folder) / name;
        if (folder.starts_with('/') && is_file(path) && daemon::may(path, X_OK) == 0) {
            return "It is " + path.string() + ": write that.";
        }
    }
    if (auto const known = package_of(name); !known.empty()) {
        return how_to_install(known);
    }
    if (name == "ll" || name == "la") {
        return "That is an alias of a shell at a terminal: write ls -l" +
               std::string(name == "la" ? "a." : ".");
    }
    auto const near = nearest_program(name);
    return near ? "Did you mean " + *near + "? Else install it, or write its whole path."
                : "Install it, or write its whole path.";
}

std::optional<std::string> program_finder::nearest_program(std::string const& name) {
    if (all_.empty()) {
        for (auto const& folder : around_.path) {
            std::error_code failed;
            fs::directory_iterator entries(folder, failed);
            for (; !failed && entries != fs::directory_iterator() && all_.size() < 16384;
                 entries.increment(failed)) {
                all_.push_back(entries->path().filename().string());
            }
        }
        all_.insert(all_.end(), builtins.begin(), builtins.end());
        std::ranges::sort(all_);
    }
    std::vector<std::string_view> const views(all_.begin(), all_.end());
    auto const near = config::nearest(name, views);
    return near ? std::optional(std::string(*near)) : std::nullopt;
}

void program_finder::look_at_file(fs::path const& file, int mode, config::command_word const& word,
                                  std::vector<config::command_fault>& found) {
    std::error_code failed;
    if (fs::is_directory(file, failed)) {
        found.push_back({word.offset, file.string() + " is a folder: it cannot be run",
                         "Name the program in it."});
        return;
    }
    auto const stopped = find_obstacle(file, mode);
    if (!stopped) {
        look_at_script(file, word, found);
        return;
    }
    auto const kind = stopped->kind(around_.who, mode);
    auto const words = stopped->in_words(around_.who, mode);
    if (kind == hindrance::missing || kind == hindrance::no_folder) {
        auto const near = nearest_file(stopped->at);
        found.push_back(
            {word.offset,
             (stopped->missing() ? "there is no " + file.string() : words) +
                 ": the command has nothing to run",
             near.empty() ? "Put it there, or write where it is." : "Did you mean " + near + "?"});
        return;
    }
    bool const to_be_run = !stopped->on_the_way && (mode & X_OK) != 0;
    found.push_back({word.offset, words + ": the command fails",
                     to_be_run && kind == hindrance::mode
                         ? "Type: chmod a+rx " + base::shell_quoted(file.string())
                         : mend_of(*stopped, around_.who, mode, false)});
}

void program_finder::look_at_script(fs::path const& file, config::command_word const& word,
                                    std::vector<config::command_fault>& found) {
    auto wrong =
        find_script_fault(file, [this](std::string_view name) { return find(name).has_value(); });
    if (!wrong) {
        wrong = find_foreign_hand(file, around_.who.uid, around_.who.name, around_.directory);
    }
    if (wrong) {
        found.push_back({word.offset, std::move(wrong->what), std::move(wrong->hint)});
    }
}

} // namespace trafikito::agent::inspection
