#include "exec/process_info.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <memory>
#include <string>

namespace trafikito::exec {

namespace {

std::string_view next_word(std::string_view& text) {
    auto const begin = text.find_first_not_of(" \n");
    text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
    auto const word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    return word;
}

template <class Number>
Number number_in(std::string_view word) {
    Number value{};
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

/// Calls `each` with the name of every entry of a directory.
template <class Each>
void for_each_entry(std::string const& path, Each each) {
    std::unique_ptr<DIR, int (*)(DIR*)> const directory(::opendir(path.c_str()), ::closedir);
    if (!directory) {
        return;
    }
    while (auto const* entry = ::readdir(directory.get())) {
        if (entry->d_name[0] != '.') {
            each(std::string(entry->d_name));
        }
    }
}

} // namespace

std::string read_proc(std::filesystem::path const& path) {
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return {};
    }
    constexpr std::size_t limit = 64UL * 1024; // 8,000 children
    std::string content(1024, '\0');
    std::size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < limit;) {
        if (size == content.size()) {
            content.resize(size * 2);
        }
        got = ::read(file, content.data() + size, content.size() - size);
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    ::close(file);
    content.resize(size);
    return content;
}

std::optional<process_info> parse_stat(std::string_view line) {
    auto const name_end = line.rfind(')');
    if (name_end == std::string_view::npos) {
        return std::nullopt;
    }
    process_info result;
    result.pid = number_in<pid_t>(line);
    auto rest = line.substr(name_end + 1);
    auto const state = next_word(rest);
    result.state = state.empty() ? '?' : state.front();
    result.parent = number_in<pid_t>(next_word(rest));
    result.group = number_in<pid_t>(next_word(rest));
    result.session = number_in<pid_t>(next_word(rest));
    for (int skipped = 7; skipped < 20; ++skipped) { // to field 20, counted as proc(5) does
        (void)next_word(rest);
    }
    result.threads = number_in<long>(next_word(rest));
    (void)next_word(rest);
    result.started = number_in<std::uint64_t>(next_word(rest));
    return result.pid > 0 && result.started > 0 ? std::optional(result) : std::nullopt;
}

std::optional<process_info> look_at(pid_t pid) {
    return parse_stat(read_proc("/proc/" + std::to_string(pid) + "/stat"));
}

bool still_runs(process_info const& process) {
    auto const now = look_at(process.pid);
    return now && now->started == process.started && !now->ended();
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    if (::access("/proc/thread-self/children", R_OK) == 0) {
        auto const threads = "/proc/" + std::to_string(parent) + "/task";
        for_each_entry(threads, [&](std::string const& thread) {
            auto const list = read_proc(threads + "/" + thread + "/children");
            std::string_view rest = list;
            for (auto word = next_word(rest); !word.empty(); word = next_word(rest)) {
                children.push_back(number_in<pid_t>(word));
            }
        });
        return children;
    }
    // A kernel without that list: everybody is asked who its parent is.
    for_each_entry("/proc", [&](std::string const& name) {
        auto const process = look_at(number_in<pid_t>(name));
        if (process && process->parent == parent) {
            children.push_back(process->pid);
        }
    });
    return children;
}

std::vector<process_info> descendants_of(pid_t ancestor) {
    std::vector<process_info> all;
    std::vector<pid_t> parents{ancestor};
    for (std::size_t i = 0; i < parents.size(); ++i) {
        for (auto const child : children_of(parents[i])) {
            if (auto const process = look_at(child)) {
                all.push_back(*process);
                parents.push_back(child);
            }
        }
    }
    return all;
}

std::uint64_t tag_of(pid_t pid) {
    return parse_tag(read_proc("/proc/" + std::to_string(pid) + "/limits"));
}

std::uint64_t parse_tag(std::string_view limits) {
    constexpr std::string_view name = "\nMax file locks ";
    auto const at = limits.find(name);
    if (at == std::string_view::npos) {
        return 0;
    }
    auto rest = limits.substr(at + name.size());
    return number_in<std::uint64_t>(next_word(rest)); // 0 of `unlimited`
}

} // namespace trafikito::exec
