#include "agent/inspection/operands.hpp"

#include "agent/inspection/script.hpp"
#include "base/ascii.hpp"
#include "config/diagnostic.hpp"
#include "config/files_of_command.hpp"
#include "config/program_run.hpp"
#include "exec/user.hpp"

#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_entries = 4096; ///< of all folders that a pattern looks into

bool is_pattern(std::string_view text) {
    return text.find_first_of("*?[") != std::string_view::npos;
}

bool could_be_user(std::string_view name) {
    auto const is_small = [](char c) { return c >= 'a' && c <= 'z'; };
    return !name.empty() && is_small(name.front()) && std::ranges::all_of(name, [&](char c) {
        return is_small(c) || base::is_digit(c) || c == '_' || c == '-';
    });
}

class matcher {
public:
    /// The steps from `at` on, below `folder`.
    bool look(fs::path const& folder, std::vector<std::string> const& steps, std::size_t at) {
        if (at == steps.size()) {
            std::error_code failed;
            return fs::exists(fs::symlink_status(folder, failed));
        }
        if (!is_pattern(steps[at])) {
            return look(folder / steps[at], steps, at + 1);
        }
        std::error_code failed;
        fs::directory_iterator entries(folder, failed);
        if (failed && failed != std::errc::no_such_file_or_directory &&
            failed != std::errc::not_a_directory) {
            return true; // it cannot be known
        }
        for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
            if (++seen_ > most_entries) {
                return true;
            }
            auto const name = entries->path().filename().string();
            if (::fnmatch(steps[at].c_str(), name.c_str(), FNM_PERIOD) == 0 &&
                look(folder / name, steps, at + 1)) {
                return true;
            }
        }
        return false;
    }

private:
    std::size_t seen_ = 0;
};

class inspector {
public:
    inspector(config::read_command const& command, fs::path directory, onlooker const& who)
        : command_(command), directory_(std::move(directory)), who_(who) {}

    std::vector<config::command_fault> look() && {
        for (auto const& one : command_.second.commands) {
            look_at_outputs(one);
            if (!one.falls_back && !one.hides_errors) {
                look_at_operands(one);
            }
        }
        for (auto& one : found_) {
            one.offset = command_.first.written_at(one.offset);
        }
        return std::move(found_);
    }

private:
    void add(config::command_word const& word, std::string what, std::string hint) {
        found_.push_back({word.offset, std::move(what), std::move(hint)});
    }

    /// Nothing where that cannot be known: behind `cd` a relative path is another.
    [[nodiscard]] fs::path path_of(config::command_word const& word) const {
        if (!word.known || word.text.empty() || (moved_ && word.text.front() != '/')) {
            return {};
        }
        if (word.text.front() == '~' && !word.quoted) {
            return {};
        }
        auto path = (directory_ / word.text).lexically_normal();
        return path.has_filename() || path == path.root_path() ? path : path.parent_path();
    }

    /// The command asks for it, or makes it: the same stands elsewhere, too.
    [[nodiscard]] bool is_named_elsewhere(config::command_word const& word) const {
        auto const path = path_of(word);
        auto const same = [&](config::command_word const& other) {
            return &other != &word &&
                   (other.text == word.text || (!path.empty() && path_of(other) == path));
        };
        return std::ranges::any_of(command_.second.commands, [&](auto const& one) {
            return std::ranges::any_of(one.words, same) || std::ranges::any_of(one.outputs, same);
        });
    }

    // --- what is written ------------------------------------------------------------------------

    void look_at_outputs(config::shell_command const& one) {
        for (auto const& word : one.outputs) {
            auto const path = path_of(word);
            if (path.empty() || word.pattern || one.falls_back ||
                path.native().starts_with("/dev/") || path.native().starts_with("/proc/")) {
                continue;
            }
            look_at_output(word, path);
        }
    }

    void look_at_output(config::command_word const& word, fs::path const& path) {
        std::error_code failed;
        std::string const means = ": the shell cannot write there, and does not run the command";
        if (fs::is_directory(path, failed)) {
            add(word, path.string() + " is a folder" + means, "Name a file in it.");
            return;
        }
        bool const there = fs::exists(path, failed);
        auto const stopped = there ? find_obstacle(path, W_OK) : find_obstacle_to_making(path);
        if (!stopped || (stopped->missing() && is_made(path.parent_path()))) {
            return;
        }
        add(word, stopped->in_words(who_, stopped->on_the_way ? X_OK : W_OK) + means,
            stopped->missing() ? "Name a folder that is there, or make this one."
                               : "Write where user " + who_.name + " may: below /tmp, or var.");
    }

    /// `mkdir -p x/y; df > ./x/z`
    [[nodiscard]] bool is_made(fs::path const& folder) const {
        auto const holds = [&](fs::path const& path) {
            return std::ranges::mismatch(folder, path).in1 == folder.end();
        };
        return std::ranges::any_of(command_.second.commands, [&](auto const& one) {
            return std::ranges::any_of(one.words,
                                       [&](auto const& word) { return holds(path_of(word)); });
        });
    }

    // --- what is read ---------------------------------------------------------------------------

    void look_at_operands(config::shell_command const& one) {
        for (auto const& run : config::runs_of(one)) {
            if (run.name() == "cd" || run.name() == "pushd") {
                look_at_folder(run);
                moved_ = true;
            }
            look_at_homes(run);
            for (auto const* word : config::files_read_by(run)) {
                look_at_file(run, *word);
            }
        }
    }

    void look_at_folder(config::program_run const& run) {
        if (run.words.size() != 2 || run.words[1].text.starts_with('-')) {
            return;
        }
        auto const& word = run.words[1];
        auto const path = path_of(word);
        if (path.empty() || word.pattern || is_named_elsewhere(word)) {
            return;
        }
        std::error_code failed;
        auto stopped = find_obstacle(path, X_OK);
        if (!stopped && !fs::is_directory(path, failed)) {
            stopped = obstacle{path, ENOTDIR, false};
        }
        if (stopped) {
            add(word,
                stopped->in_words(who_, X_OK) + ": cd fails, and what follows runs in " +
                    directory_.string() + ", or not at all",
                "Write cd " + word.text + " && …, with a folder that is there.");
        }
    }

    /// `~name` of no user stays as it is.
    void look_at_homes(config::program_run const& run) {
        for (auto const& word : run.words.subspan(1)) {
            if (!word.known || word.quoted || word.text.size() < 2 || word.text.front() != '~' ||
                word.text[1] == '/') {
                continue;
            }
            auto const name = word.text.substr(1, word.text.find('/') - 1);
            if (!could_be_user(name) || exec::find_user(name)) {
                continue;
            }
            auto what = "there is no user " + name + " on this machine: ~";
            what += name;
            what += " stays as it is, and is no file";
            add(word, std::move(what), "Write the whole path.");
        }
    }

    void look_at_file(config::program_run const& run, config::command_word const& word) {
        auto const path = path_of(word);
        if (path.empty() || path.native().starts_with("/dev/fd") || is_named_elsewhere(word)) {
            return;
        }
        if (word.pattern) {
            if (!word.quoted && !matches_something(path)) {
                add(word,
                    "nothing matches " + config::in_quotes(word.text) +
                        (word.text.front() == '/' ? std::string()
                                                  : ", looked for in " + directory_.string()) +
                        ": " + std::string(run.name()) +
                        " gets the pattern as it stands, and finds no such file",
                    word.text.front() == '/' ? "Write what is there, or throw the errors away: "
                                               "2>/dev/null."
                                             : "Write the whole path of the folder in front.");
            }
            return;
        }
        auto const stopped = find_obstacle(path, needed_for(run));
        if (!stopped) {
            return;
        }
        auto const near = stopped->missing() && !stopped->on_the_way ? nearest_file(path) : "";
        add(word,
            stopped->in_words(who_, R_OK) + ": " + std::string(run.name()) +
                " has nothing to read there",
            !near.empty()        ? "Did you mean " + near + "?"
            : stopped->missing() ? "Write where it is."
                                 : mend_of(*stopped, who_, R_OK, true));
    }

    /// Some look at what they must not read.
    static int needed_for(config::program_run const& run) {
        constexpr std::array<std::string_view, 4> lookers{"df", "file", "ls", "stat"};
        return std::ranges::find(lookers, run.name()) == lookers.end() ? R_OK : F_OK;
    }

    config::read_command const& command_;
    fs::path directory_;
    onlooker const& who_;
    bool moved_ = false; ///< by `cd`
    std::vector<config::command_fault> found_;
};

} // namespace

bool matches_something(fs::path const& pattern) {
    std::vector<std::string> steps;
    for (auto const& step : pattern.relative_path()) {
        if (!step.empty()) {
            steps.push_back(step.string());
        }
    }
    return matcher().look(pattern.root_path(), steps, 0);
}

std::vector<config::command_fault> find_missing_operands(config::read_command const& command,
                                                         fs::path const& directory,
                                                         onlooker const& who) {
    return command.second.sets_path ? std::vector<config::command_fault>()
                                    : inspector(command, directory, who).look();
}

} // namespace trafikito::agent::inspection
