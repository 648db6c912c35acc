#include "exec/process_info.hpp"

#include "base/ascii.hpp"
#include "base/descriptor.hpp"
#include "base/number.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <iterator>
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

/// Calls `each` with the name of every entry of a directory. False when it cannot be read.
template <class Each>
bool for_each_entry(std::string const& path, Each each) {
    std::unique_ptr<DIR, int (*)(DIR*)> const directory(::opendir(path.c_str()), ::closedir);
    if (!directory) {
        return false;
    }
    while (auto const* entry = ::readdir(directory.get())) {
        if (entry->d_name[0] != '.') {
            each(std::string(entry->d_name));
        }
    }
    return true;
}

void add_children(std::string_view list, std::vector<pid_t>& to) {
    for (auto word = next_word(list); !word.empty(); word = next_word(list)) {
        to.push_back(base::number_in<pid_t>(word).value_or(0));
    }
}

std::optional<process_info> look_into_proc(pid_t pid) {
    return parse_stat(read_proc("/proc/" + std::to_string(pid) + "/stat"));
}

bool is_ended_child(pid_t pid) {
    siginfo_t ended{};
    return ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == pid;
}

/// What the kernel tells of a process that /proc does not.
std::optional<process_info> ask_kernel(pid_t pid) {
    if (pid <= 0) {
        return std::nullopt;
    }
    process_info result;
    base::descriptor const handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (handle.open()) {
        pollfd ready{handle.get(), POLLIN, 0};
        result.state = ::poll(&ready, 1, 0) == 1 ? 'Z' : '?';
    } else if (errno == ESRCH || errno == EINVAL || (::kill(pid, 0) != 0 && errno == ESRCH)) {
        return std::nullopt;
    } else if (is_ended_child(pid)) {
        result.state = 'Z';
    }
    result.pid = pid;
    result.group = std::max(::getpgid(pid), 0);
    result.session = std::max(::getsid(pid), 0);
    result.hidden = true;
    return result;
}

} // namespace

std::string read_proc(std::filesystem::path const& path) {
    base::descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.open()) {
        return {};
    }
    constexpr std::size_t limit = 64UL * 1024; // 8,000 children
    std::string content(1024, '\0');
    std::size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < limit;) {
        if (size == content.size()) {
            content.resize(size * 2);
        }
        got = ::read(file.get(), content.data() + size, content.size() - size);
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    content.resize(size);
    return content;
}

std::optional<process_info> parse_stat(std::string_view line) {
    auto const name_end = line.rfind(')');
    if (name_end == std::string_view::npos) {
        return std::nullopt;
    }
    process_info result;
    result.pid = base::number_in<pid_t>(line.substr(0, line.find(' '))).value_or(0);
    auto rest = line.substr(name_end + 1);
    auto const state = next_word(rest);
    result.state = state.empty() ? '?' : state.front();
    result.parent = base::number_in<pid_t>(next_word(rest)).value_or(0);
    result.group = base::number_in<pid_t>(next_word(rest)).value_or(0);
    result.session = base::number_in<pid_t>(next_word(rest)).value_or(0);
    for (int skipped = 7; skipped < 20; ++skipped) { // to field 20, counted as proc(5) does
        (void)next_word(rest);
    }
    result.threads = base::number_in<long>(next_word(rest)).value_or(0);
    (void)next_word(rest);
    result.started = base::number_in<std::uint64_t>(next_word(rest)).value_or(0);
    return result.pid > 0 && result.started > 0 ? std::optional(result) : std::nullopt;
}

std::string_view field_of_status(std::string_view status, std::string_view name) {
    base::line_reader lines(status);
    while (auto const line = lines.next()) {
        if (line->text.starts_with(name) && line->text.substr(name.size()).starts_with(':')) {
            return base::trim_white_space(line->text.substr(name.size() + 1));
        }
    }
    return {};
}

std::optional<process_info> look_at(pid_t pid) {
    auto const shown = look_into_proc(pid);
    return shown ? shown : ask_kernel(pid);
}

bool still_runs(process_info const& process) {
    auto const now = look_at(process.pid);
    bool const unknown = now && (now->started == 0 || process.started == 0);
    return now && (unknown || now->started == process.started) && !now->ended();
}

bool shows_processes() {
    return ::access("/proc/self/stat", R_OK) == 0;
}

std::vector<pid_t> all_processes() {
    std::vector<pid_t> all;
    for_each_entry("/proc", [&](std::string const& name) {
        if (auto const number = base::number_in<pid_t>(name)) {
            all.push_back(*number);
        }
    });
    return all;
}

std::vector<pid_t> processes_from(pid_t first) {
    constexpr pid_t reach = 32'768;
    std::vector<pid_t> found;
    for (pid_t pid = first; pid < first + reach; ++pid) {
        if (::kill(pid, 0) == 0 || errno == EPERM) {
            found.push_back(pid);
        }
    }
    return found;
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    if (::access("/proc/thread-self/children", R_OK) == 0) {
        auto const threads = "/proc/" + std::to_string(parent) + "/task";
        bool const shown = for_each_entry(threads, [&](std::string const& thread) {
            add_children(read_proc(threads + "/" + thread + "/children"), children);
        });
        if (shown || !ask_kernel(parent)) {
            return children;
        }
    }
    // A kernel without that list, or a parent that is hidden: everybody is asked who its parent is.
    std::ranges::copy_if(all_processes(), std::back_inserter(children), [&](pid_t pid) {
        auto const process = look_into_proc(pid);
        return process && process->parent == parent;
    });
    return children;
}

own_children::own_children() {
    auto const self = std::to_string(::getpid());
    list_ = base::descriptor(
        ::open(("/proc/" + self + "/task/" + self + "/children").c_str(), O_RDONLY | O_CLOEXEC));
}

std::vector<pid_t> own_children::read() const {
    std::array<char, 4096> page; // NOLINT(*-member-init): read into
    auto const size = list_.open() ? ::pread(list_.get(), page.data(), page.size(), 0) : -1;
    // The kernel hands out a page at a time: what does not fill half of one is all there is.
    if (size < 0 || static_cast<std::size_t>(size) > page.size() / 2) {
        return children_of(::getpid());
    }
    std::vector<pid_t> children;
    children.reserve(16);
    add_children({page.data(), static_cast<std::size_t>(size)}, children);
    return children;
}

std::uint64_t started_now() {
    static auto const per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    constexpr std::uint64_t nanoseconds = 1'000'000'000;
    return static_cast<std::uint64_t>(now.tv_sec) * per_second +
           static_cast<std::uint64_t>(now.tv_nsec) * per_second / nanoseconds;
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

// Who holds a pidfd knows that the number is nobody else's from then on.
bool send_signal(process_info const& process, int signal) {
    base::descriptor const handle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    if (!still_runs(process)) {
        return false;
    }
    if (handle.open() && (::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0) == 0 ||
                          errno == ESRCH)) {
        return true;
    }
    return ::kill(process.pid, signal) == 0;
}

std::uint64_t tag_of(pid_t pid) {
    auto const limits = read_proc("/proc/" + std::to_string(pid) + "/limits");
    if (!limits.empty()) {
        return parse_tag(limits);
    }
    rlimit limit{};
    bool const known = ::prlimit(pid, RLIMIT_LOCKS, nullptr, &limit) == 0;
    return known && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : 0;
}

std::uint64_t parse_tag(std::string_view limits) {
    constexpr std::string_view name = "\nMax file locks ";
    auto const at = limits.find(name);
    if (at == std::string_view::npos) {
        return 0;
    }
    auto rest = limits.substr(at + name.size());
    return base::number_in<std::uint64_t>(next_word(rest)).value_or(0); // 0 of `unlimited`
}

} // namespace trafikito::exec
