#include "exec/not_executed.hpp"

#include "base/ascii.hpp"
#include "base/descriptor.hpp"
#include "base/printable.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::exec {

namespace {

constexpr int not_executable = 126; ///< POSIX, sh, "Exit Status for Commands"
constexpr int not_found = 127;
constexpr std::size_t most_programs = 8;
constexpr std::size_t looked_at = 256; ///< bytes of a file: the kernel's own limit of a #! line
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Behind these a word is in the place of a program still.
constexpr std::array<std::string_view, 9> keywords{"!",  "{",    "do",    "elif", "else",
                                                   "if", "then", "until", "while"};
/// These execute what stands among their own words.
constexpr std::array<std::string_view, 17> wrappers{
    "bash",  "chrt",   "command", "dash", "env",    "exec",    "ionice", "ksh",    "nice",
    "nohup", "setsid", "sh",      "sudo", "stdbuf", "taskset", "time",   "timeout"};
/// What no file stands for: a shell does it by itself.
constexpr std::array builtins = std::to_array<std::string_view>(
    {".",        ":",       "[",      "alias", "break",  "case",   "cd",    "continue",
     "done",     "echo",    "esac",   "eval",  "exit",   "export", "false", "fi",
     "for",      "getopts", "hash",   "kill",  "local",  "printf", "pwd",   "read",
     "readonly", "return",  "set",    "shift", "source", "test",   "times", "trap",
     "true",     "type",    "ulimit", "umask", "unset",  "wait"});
/// The variables that hold no secret of the owner's.
constexpr std::array<std::string_view, 3> looked_up{"BASEDIR", "HOME", "USER"};

template <class List>
bool holds(List const& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

std::string_view variable(execution_environment const& around, std::string_view name) {
    for (std::string_view const one : around.environment) {
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return one.substr(name.size() + 1);
        }
    }
    return {};
}

bool is_assignment(std::string_view word) {
    auto const end = std::ranges::find_if_not(word, base::is_word);
    return end != word.begin() && end != word.end() && *end == '=';
}

/// A word that a shell may take for a program.
struct program {
    std::string word;
    bool in_place = true; ///< else it stands among the words of a wrapper
};

/// The words of a command, as a shell would see most of them. What it does not understand (globs,
/// substitutions) it leaves as it stands, where no file has such a name.
class words {
public:
    words(std::string_view text, execution_environment const& around)
        : text_(text), around_(around) {}

    std::vector<program> programs() && {
        while (at_ < text_.size() && found_.size() < most_programs) {
            auto const c = text_[at_];
            if (base::is_space(c)) {
                end_word();
            } else if (std::string_view(";|&()`\n").find(c) != std::string_view::npos) {
                end_word();
                begin_command();
            } else if (c == '<' || c == '>') {
                end_word();
                skip_word_ = true;
            } else if (c == '\'') {
                read_single_quotes();
                continue;
            } else if (c == '$') {
                read_variable();
                continue;
            } else {
                at_ += c == '\\' && at_ + 1 < text_.size() ? 1 : 0;
                if (text_[at_] == '$') { // escaped for the first reading: the second sees a `$`
                    read_variable();
                    continue;
                }
                word_ += text_[at_];
            }
            ++at_;
        }
        end_word();
        return std::move(found_);
    }

private:
    void begin_command() {
        in_place_ = true;
        wrapped_ = false;
        skip_word_ = false;
    }

    void read_single_quotes() {
        auto const end = std::min(text_.find('\'', at_ + 1), text_.size());
        word_ += text_.substr(at_ + 1, end - at_ - 1);
        at_ = std::min(end + 1, text_.size());
    }

    /// `$NAME` and `${NAME}` of the agent's own; of others nothing is shown.
    void read_variable() {
        bool const braces = text_.substr(at_).starts_with("${");
        auto const rest = text_.substr(std::min(at_ + (braces ? 2 : 1), text_.size()));
        auto const end = std::ranges::find_if_not(rest, base::is_word);
        auto const name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
        word_ += holds(looked_up, name) ? variable(around_, name) : "$";
        at_ += 1 + name.size() + (braces ? 1 : 0);
        at_ += braces && at_ < text_.size() && text_[at_] == '}' ? 1 : 0;
    }

    void end_word() {
        auto const word = std::exchange(word_, {});
        if (word.empty() || std::exchange(skip_word_, false)) {
            return;
        }
        if (in_place_ && (is_assignment(word) || holds(keywords, word))) {
            return;
        }
        if (!std::exchange(in_place_, false)) {
            if (wrapped_ && word.find('/') != std::string::npos) {
                found_.push_back({word, false});
            }
            return;
        }
        wrapped_ = holds(wrappers, word);
        found_.push_back({word, true});
    }

    std::string_view text_;
    execution_environment const& around_;
    std::size_t at_ = 0;
    std::string word_;
    bool in_place_ = true;
    bool wrapped_ = false;
    bool skip_word_ = false;
    std::vector<program> found_;
};

/// What there is to see of a file.
struct sight {
    struct stat status{};
    std::string beginning;
};

std::optional<sight> look_at(std::filesystem::path const& file) {
    sight seen;
    if (::stat(file.c_str(), &seen.status) != 0) {
        return std::nullopt;
    }
    if (!S_ISREG(seen.status.st_mode)) {
        return seen;
    }
    base::descriptor const opened(
        ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (opened.get() < 0 || ::fstat(opened.get(), &seen.status) != 0 ||
        !S_ISREG(seen.status.st_mode)) {
        return seen;
    }
    seen.beginning.resize(looked_at);
    auto const size = ::pread(opened.get(), seen.beginning.data(), looked_at, 0);
    seen.beginning.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return seen;
}

/// Where the shell finds the program; empty when nowhere.
std::filesystem::path find(std::string const& word, execution_environment const& around) {
    if (word.find('/') != std::string::npos) {
        return around.directory / word;
    }
    auto path = variable(around, "PATH");
    while (!path.empty()) {
        auto const end = path.find(':');
        auto const candidate = std::filesystem::path(path.substr(0, end)) / word;
        if (::access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
        path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    }
    return {};
}

std::string of(std::filesystem::path const& file) {
    return base::for_line(file.string(), 200);
}

/// What is wrong with its #! line, which the kernel reads; empty when nothing is, or there is none.
std::string wrong_first_line(std::string const& file, std::string_view text,
                             execution_environment const& around) {
    if (text.starts_with(byte_order_mark) &&
        text.substr(byte_order_mark.size()).starts_with("#!")) {
        return file +
               ": a byte order mark stands in front of its #! line (an editor wrote it, on "
               "Windows perhaps), so that the line is not seen: sed -i '1s/^\\xEF\\xBB\\xBF//' " +
               file;
    }
    auto line = text.substr(0, text.find('\n'));
    bool const whole = line.size() != text.size();
    if (!text.starts_with("#!")) {
        bool const windows = whole && line.ends_with('\r') &&
                             !text.starts_with("\x7f"
                                               "ELF");
        return windows ? file +
                             ": its lines end in a carriage return (the file was written on "
                             "Windows), which is taken for part of the last word: dos2unix " +
                             file + ", or sed -i 's/\\r$//' " + file
                       : "";
    }
    if (!whole) {
        return {};
    }
    line.remove_prefix(2);
    if (line.ends_with('\r')) {
        return file +
               ": its #! line ends in a carriage return (the file was written on Windows), "
               "which is looked for as part of the program's name: dos2unix " +
               file + ", or sed -i 's/\\r$//' " + file;
    }
    line = base::trim_white_space(line);
    auto const name = line.substr(0, line.find_first_of(" \t"));
    if (std::string const path(name); !path.empty() && ::access(path.c_str(), F_OK) != 0) {
        return file + ": its #! line names " + base::for_line(path, 200) +
               ", which is not there: install it, or mend the line";
    }
    auto const wanted = base::trim_white_space(line.substr(name.size()));
    bool const by_env = name.ends_with("/env") && !wanted.empty() && wanted.front() != '-' &&
                        wanted.find_first_of(" \t=") == std::string_view::npos;
    if (by_env && find(std::string(wanted), around).empty()) {
        return file + ": its #! line has " + base::for_line(wanted, 200) +
               " looked for, which is not in the PATH of commands (" +
               std::string(variable(around, "PATH")) +
               "): write its whole path, or set PATH by command_env";
    }
    return {};
}

std::string why_not_executable(std::string const& file, std::filesystem::path const& path,
                               struct stat const& status) {
    if (S_ISDIR(status.st_mode)) {
        return file + " is a directory, not a program";
    }
    if (::access(path.c_str(), X_OK) == 0) {
        return {};
    }
    struct statvfs mounted{};
    if (::statvfs(path.c_str(), &mounted) == 0 && (mounted.f_flag & ST_NOEXEC) != 0) {
        return file + " lies on a file system that is mounted noexec: move it, or name its "
                      "interpreter in front of it";
    }
    bool const executable_by_others = (status.st_mode & 0111U) != 0;
    return file +
           (executable_by_others ? " may not be executed by this user" : " is not executable") +
           ": chmod +x " + file;
}

std::string why_not(program const& one, int code, execution_environment const& around) {
    auto const path = find(one.word, around);
    if (path.empty()) {
        bool const known = holds(builtins, one.word) || holds(wrappers, one.word) ||
                           one.word.find_first_of("$`*?[\\{=") != std::string::npos;
        return known || code != not_found
                   ? ""
                   : base::for_line(one.word, 200) + " is not in the PATH of commands (" +
                         std::string(variable(around, "PATH")) +
                         "): install it, write its whole path, or set PATH by command_env";
    }
    auto const seen = look_at(path);
    auto const file = of(path);
    if (!seen) {
        return one.in_place && errno == ENOENT ? file + " is not there" : "";
    }
    if (auto why = wrong_first_line(file, seen->beginning, around); !why.empty()) {
        return why;
    }
    return code == not_executable && one.in_place ? why_not_executable(file, path, seen->status)
                                                  : "";
}

} // namespace

std::string why_not_executed(command const& what, int code, execution_environment const& around) {
    if (code != not_executable && code != not_found) {
        return {};
    }
    auto const open = what.assignment.find('"');
    auto const close = what.assignment.rfind('"');
    if (open == std::string::npos || close <= open) {
        return {};
    }
    std::string_view const assignment = what.assignment;
    auto const text = assignment.substr(open + 1, close - open - 1);
    // Functions, patterns and what a substitution prints are words that no file stands for.
    constexpr std::array<std::string_view, 4> of_its_own{"()", "case ", "$(", "`"};
    bool const defines_words = std::ranges::any_of(
        of_its_own, [&](auto mark) { return text.find(mark) != std::string_view::npos; });
    bool elsewhere = false;
    for (auto const& one : words(text, around).programs()) {
        bool const has_path = one.word.find('/') != std::string::npos;
        bool const unknown = has_path ? elsewhere && one.word.front() != '/' : defines_words;
        if (auto why = unknown ? std::string() : why_not(one, code, around); !why.empty()) {
            return why;
        }
        elsewhere = elsewhere || one.word == "cd";
    }
    return {};
}

} // namespace trafikito::exec
