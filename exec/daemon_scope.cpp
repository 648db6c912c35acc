#include "exec/daemon_scope.hpp"

#include "base/descriptor.hpp"
#include "exec/cgroup.hpp"
#include "exec/child.hpp"
#include "exec/process_info.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace trafikito::exec {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

namespace {

constexpr milliseconds patience{2000}; ///< with systemd, for all of it

std::string cgroup_text(pid_t process) {
    return read_proc("/proc/" + std::to_string(process) + "/cgroup");
}

/// Of these and all below them, who is still there.
std::vector<pid_t> still_in(std::string const& service, std::vector<pid_t> const& left) {
    std::vector<pid_t> all = left;
    for (auto const pid : left) {
        std::ranges::transform(descendants_of(pid), std::back_inserter(all), &process_info::pid);
    }
    std::erase_if(all, [&](pid_t pid) { return find_service_cgroup(cgroup_text(pid)) != service; });
    return all;
}

/// Asks systemd on its bus (org.freedesktop.systemd1(5), StartTransientUnit) by its own tool.
command ask_for_scope(std::string const& left_by, std::vector<pid_t> const& processes) {
    auto const unit =
        "trafikito-daemon-" + left_by + "-" + std::to_string(processes.front()) + ".scope";
    std::string pids = std::to_string(processes.size());
    for (auto const pid : processes) {
        pids += ' ' + std::to_string(pid);
    }
    command ask;
    ask.name = "trafikito_scope";
    ask.assignment = "trafikito_scope=\"busctl call org.freedesktop.systemd1 "
                     "/org/freedesktop/systemd1 org.freedesktop.systemd1.Manager "
                     "StartTransientUnit 'ssa(sv)a(sa(sv))' " +
                     unit + " fail 3 PIDs au " + pids + " Description s 'left running by " +
                     left_by + "' CollectMode s inactive-or-failed 0\"";
    return ask;
}

std::string last_line_of(result const& ended) {
    std::string text;
    ended.output.head([&](std::string_view piece) { text += piece; });
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    return text.substr(text.rfind('\n') + 1);
}

/// Empty when systemd has begun to do it.
asio::awaitable<std::string> make_scope(std::string const& left_by,
                                        std::vector<pid_t> const& processes,
                                        execution_environment const& around, warden& warden,
                                        clock::time_point deadline) {
    auto const ask = ask_for_scope(left_by, processes);
    auto const left = std::chrono::ceil<milliseconds>(deadline - clock::now());
    bounds const within{.timeout = left, .kill_grace = milliseconds(100), .max_output = 1024};
    auto const answer = co_await run_child(ask, around, within, warden, nullptr);
    if (answer.end == result::ending::exited && answer.code == 0) {
        co_return std::string();
    }
    auto const said = last_line_of(answer);
    co_return "systemd makes no scope for it: " + (said.empty() ? describe_ending(answer) : said);
}

/// Without systemd: a cgroup beside the agent's, in v2.
std::string move_beside(fs::path const& own, std::vector<pid_t> const& processes) {
    auto const beside = own.parent_path() / "trafikito-daemons";
    if (own.empty() ||
        (::mkdir(beside.c_str(), S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)) {
        return "there is no cgroup for it outside the agent's";
    }
    base::descriptor const members(
        ::open((beside / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    for (auto const pid : processes) {
        auto const number = std::to_string(pid);
        if (::write(members.get(), number.data(), number.size()) < 0 && errno != ESRCH) {
            return beside.string() + ": " + std::generic_category().message(errno);
        }
    }
    return {};
}

asio::awaitable<void> wait_until_moved(std::string const& service, std::vector<pid_t> const& left,
                                       clock::time_point deadline) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (milliseconds pause{2};
         std::ranges::any_of(
             left, [&](pid_t pid) { return find_service_cgroup(cgroup_text(pid)) == service; }) &&
         clock::now() < deadline;
         pause = std::min(pause * 2, milliseconds(50))) {
        timer.expires_after(pause);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

} // namespace

asio::awaitable<std::string> move_out_of_service(std::string command_name, std::vector<pid_t> left,
                                                 execution_environment const& around,
                                                 warden& warden) {
    auto const service = find_service_cgroup(read_proc("/proc/self/cgroup"));
    if (service.empty()) {
        co_return std::string();
    }
    // One that is being moved may start another.
    auto const deadline = clock::now() + patience;
    auto here = still_in(service, left);
    while (!here.empty() && clock::now() < deadline) {
        auto problem = co_await make_scope(command_name, here, around, warden, deadline);
        if (problem.empty()) {
            co_await wait_until_moved(service, here, deadline);
        } else if (auto const other = move_beside(warden.groups().own(), here); !other.empty()) {
            co_return problem.append(", and ").append(other);
        }
        here = still_in(service, left);
    }
    co_return here.empty() ? std::string() : "it is still in " + service;
}

std::string find_service_cgroup(std::string_view text) {
    auto const unified = find_cgroup_name(text);
    std::string named;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        constexpr std::string_view own_hierarchy = ":name=systemd:";
        if (auto const at = line.find(own_hierarchy); at != std::string_view::npos) {
            named = line.substr(at + own_hierarchy.size());
        }
    }
    // Where v2 is mounted beside the old hierarchies, systemd goes by v2.
    auto const name = unified.empty() || unified == "/" ? named : unified;
    bool const service = std::ranges::any_of(
        fs::path(name), [](auto const& part) { return part.extension() == ".service"; });
    return service ? name : std::string();
}

std::string why_daemons_end_with_agent(uid_t agents_user) {
    std::error_code ignored;
    if (!fs::is_directory("/run/systemd/system", ignored)) {
        return {};
    }
    if (agents_user != 0) {
        return "systemd ends it with the agent's unit: only root may ask it for a scope of its own";
    }
    if (!fs::exists("/usr/bin/busctl", ignored) && !fs::exists("/bin/busctl", ignored)) {
        return "systemd ends it with the agent's unit: there is no busctl to ask it for a scope of "
               "its own";
    }
    return {};
}

} // namespace trafikito::exec
