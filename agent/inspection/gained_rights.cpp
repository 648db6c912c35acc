#include "agent/inspection/gained_rights.hpp"

#include "agent/inspection/mounts.hpp"
#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "base/shell_quoting.hpp"
#include "config/command_lint.hpp"
#include "config/program_run.hpp"
#include "exec/process_info.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> path{"usr/sbin", "usr/bin", "sbin", "bin"};

constexpr std::array<std::string_view, 4> become_another{"sudo", "su", "doas", "pkexec"};
constexpr std::array<std::string_view, 3> pings{"ping", "ping4", "ping6"};

bool gains_rights(fs::path const& file) {
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0) {
        return false;
    }
    constexpr mode_t gaining = S_ISUID | S_ISGID;
    return (facts.st_mode & gaining) != 0 ||
           ::getxattr(file.c_str(), "security.capability", nullptr, 0) > 0;
}

std::vector<std::uint64_t> numbers_in(std::string_view text) {
    std::vector<std::uint64_t> numbers;
    while (!text.empty()) {
        auto const begin = std::ranges::find_if(text, base::is_digit);
        text.remove_prefix(static_cast<std::size_t>(begin - text.begin()));
        auto const digits = text.substr(0, text.find_first_not_of("0123456789"));
        text.remove_prefix(digits.size());
        if (auto const number = base::number_in<std::uint64_t>(digits)) {
            numbers.push_back(*number);
        }
    }
    return numbers;
}

bool may_ping(gid_t group, fs::path const& root) {
    constexpr std::size_t limit = 256;
    auto const range = base::read_file(root / "proc/sys/net/ipv4/ping_group_range", limit);
    auto const numbers = numbers_in(range.content.value_or(""));
    return numbers.size() == 2 && numbers[0] <= group && group <= numbers[1];
}

} // namespace

std::vector<std::string> programs_in(std::string_view text) {
    std::vector<std::string> found;
    auto const read = config::read_twice(text, {});
    for (auto const& command : read.second.commands) {
        for (auto const& run : config::runs_of(command)) {
            found.push_back(run.program().text);
        }
    }
    return found;
}

bool needs_to_gain_rights(std::string const& program, gid_t group, fs::path const& root) {
    auto const name = fs::path(program).filename().native();
    if (std::ranges::find(become_another, name) != become_another.end()) {
        return true;
    }
    if (std::ranges::find(pings, name) == pings.end() || may_ping(group, root)) {
        return false;
    }
    auto const there = [&](std::string_view folder) { return gains_rights(root / folder / name); };
    return std::ranges::any_of(path, there);
}

std::optional<script_fault> find_lost_rights(fs::path const& program, gid_t group) {
    std::error_code failed;
    if (!needs_to_gain_rights(program.string(), group) || !fs::exists(program, failed)) {
        return std::nullopt;
    }
    auto const mount = mount_of(program);
    if (!mount.no_suid) {
        return std::nullopt;
    }
    return script_fault{program.string() + " needs rights that it gains by being run, and " +
                            mount.point + " is mounted nosuid, where none are gained: it fails",
                        "Type: mount -o remount,suid " + base::shell_quoted(mount.point) +
                            "; for good in /etc/fstab, too."};
}

std::optional<bound_process> find_bound(std::string_view proc_status) {
    auto const bound = numbers_in(exec::field_of_status(proc_status, "NoNewPrivs"));
    auto const users = numbers_in(exec::field_of_status(proc_status, "Uid"));
    auto const groups = numbers_in(exec::field_of_status(proc_status, "Gid"));
    if (bound.empty() || bound.front() != 1 || users.size() < 2 || groups.size() < 2) {
        return std::nullopt;
    }
    return bound_process{static_cast<uid_t>(users[1]), static_cast<gid_t>(groups[1])};
}

} // namespace trafikito::agent::inspection
