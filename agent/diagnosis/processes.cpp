#include "agent/diagnosis/processes.hpp"

#include "base/file.hpp"
#include "base/printable.hpp"
#include "config/load.hpp"
#include "exec/process_info.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 2> scripts{"trafikito_wrapper.sh", "trafikito_agent.sh"};
constexpr std::size_t most_words = 64;
constexpr std::size_t most_variables = 4096;

std::string name_of(std::string const& path) {
    return fs::path(path).filename().string();
}

fs::path folder_of(pid_t pid) {
    return fs::path("/proc") / std::to_string(pid);
}

/// The file that an agent took which was not told which. Nothing where its environment is not to be
/// seen.
std::optional<fs::path> found_by_itself(pid_t pid) {
    auto const environment =
        split_at_nuls(exec::read_proc(folder_of(pid) / "environ"), most_variables);
    if (environment.empty()) {
        return std::nullopt;
    }
    return config::choose_config_file(environment).file;
}

bool same_file(fs::path const& one, fs::path const& other) {
    std::error_code failed;
    return fs::equivalent(one, other, failed) && !failed;
}

} // namespace

std::string seen_process::in_words() const {
    std::string line;
    for (auto const& word : words) {
        line += (line.empty() ? "" : " ") + word;
    }
    return "process " + std::to_string(pid) +
           (line.empty() ? std::string() : " (" + base::for_line(line, 100) + ")");
}

std::vector<std::string> split_at_nuls(std::string_view text, std::size_t most) {
    std::vector<std::string> parts;
    while (!text.empty() && parts.size() < most) {
        auto const end = std::min(text.find('\0'), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::vector<std::string> parse_command_line_of(std::string_view text) {
    return split_at_nuls(text, most_words);
}

std::optional<seen_process> find_process(pid_t pid) {
    auto const line = exec::read_proc("/proc/" + std::to_string(pid) + "/cmdline");
    auto const facts = exec::look_at(pid);
    if (!facts || facts->ended()) {
        return std::nullopt;
    }
    return seen_process{pid, parse_command_line_of(line)};
}

std::vector<seen_process> other_processes() {
    std::vector<seen_process> found;
    for (auto const pid : exec::all_processes()) {
        if (pid == ::getpid()) {
            continue;
        }
        if (auto one = find_process(pid); one && !one->words.empty()) {
            found.push_back(std::move(*one));
        }
    }
    return found;
}

bool is_agents_program(seen_process const& one) {
    return !one.words.empty() && name_of(one.words.front()) == "trafikito-agent";
}

std::optional<std::string> config_of_agent(seen_process const& one) {
    if (!is_agents_program(one)) {
        return std::nullopt;
    }
    std::string config = ".";
    for (std::size_t i = 1; i < one.words.size(); ++i) {
        auto const& word = one.words[i];
        if ((word == "--config" || word == "-c") && i + 1 < one.words.size()) {
            config = one.words[++i];
        } else if (word.starts_with("--config=")) {
            config = word.substr(9);
        } else if (word != "run" && word != "--once") {
            return std::nullopt; // a subcommand that only looks
        }
    }
    return config;
}

bool shares_mounts(pid_t pid) {
    std::error_code failed;
    auto const theirs = fs::read_symlink(folder_of(pid) / "ns/mnt", failed);
    return failed || theirs == fs::read_symlink("/proc/self/ns/mnt", failed) || failed;
}

fs::path as_seen_by(pid_t pid, fs::path const& path) {
    return folder_of(pid) / "root" / path.relative_path();
}

kinship kinship_of(seen_process const& agent, fs::path const& config_file) {
    auto const named = config_of_agent(agent);
    if (!named) {
        return kinship::unknown;
    }
    fs::path file = *named;
    if (*named == ".") {
        auto const found = found_by_itself(agent.pid);
        if (!found) {
            return kinship::unknown;
        }
        file = *found;
    }
    if (!file.is_absolute()) {
        std::error_code failed;
        auto const directory = fs::read_symlink(folder_of(agent.pid) / "cwd", failed);
        if (failed) {
            return kinship::unknown;
        }
        file = directory / file;
    }
    file = file.lexically_normal();
    auto const there = as_seen_by(agent.pid, file);
    std::error_code failed;
    if (!shares_mounts(agent.pid) && fs::exists(there, failed)) {
        // Of a container, say: a file of that name may be another one.
        return same_file(there, config_file) ? kinship::same : kinship::other;
    }
    return file == config_file.lexically_normal() || same_file(file, config_file) ? kinship::same
                                                                                  : kinship::other;
}

bool is_one_cycle(seen_process const& agent) {
    return std::ranges::find(agent.words, "--once") != agent.words.end();
}

bool is_script_of_shell_agent(std::string const& path) {
    constexpr std::size_t limit = 256UL * 1024;
    auto const file = base::read_file(path, limit);
    return file.content && file.content->find("lib/trafikito-agent") == std::string::npos;
}

std::optional<std::string> script_of_shell_agent(std::vector<std::string> const& words) {
    constexpr std::size_t looked_at = 4; // `sh -e SCRIPT`
    auto const end = words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), looked_at));
    auto const found = std::find_if(words.begin(), end, [](auto const& word) {
        return std::ranges::find(scripts, name_of(word)) != scripts.end();
    });
    return found == end ? std::nullopt : std::optional(*found);
}

bool is_shell_agent(seen_process const& one) {
    auto const script = script_of_shell_agent(one.words);
    return script &&
           (!std::filesystem::path(*script).is_absolute() || is_script_of_shell_agent(*script));
}

bool is_of_another_server(std::vector<std::string> const& words, std::string const& script,
                          std::string const& server_id) {
    namespace fs = std::filesystem;
    if (std::ranges::find(words, server_id) != words.end()) {
        return false;
    }
    fs::path const file(script);
    auto const folder = file.parent_path();
    auto const base = folder.filename() == "lib" ? folder.parent_path() : folder;
    auto const theirs = config::load_settings(base / "etc/trafikito.cfg", {}).as_far;
    return theirs && !theirs->who.server_id.empty() && theirs->who.server_id != server_id;
}

} // namespace trafikito::agent::diagnosis
