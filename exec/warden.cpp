#include "exec/warden.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iterator>

namespace trafikito::exec {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds patience{2000}; ///< how long KILL may take
constexpr int reaped_at_once = 500;

milliseconds longer(milliseconds pause) {
    return std::min(pause * 2, milliseconds(20));
}

} // namespace

warden::warden(asio::any_io_executor const& executor) : ended_children_(executor, SIGCHLD) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    listen();
}

warden::~warden() {
    stop();
}

// A signal that has come already is handed over in spite of cancel(), even when the warden is gone.
void warden::stop() {
    *stopped_ = true;
    boost::system::error_code ignored;
    ended_children_.cancel(ignored);
    while (reap_orphan()) { // nothing is running that could make more
    }
}

void warden::listen() {
    ended_children_.async_wait([this, stopped = stopped_](boost::system::error_code failed, int) {
        if (failed || *stopped) {
            return;
        }
        reap_orphans();
        listen();
    });
}

// The main process of a running command is left to its own waiter, or its exit status would be
// lost; until that one has reaped it, it hides the others.
bool warden::reap_orphan() {
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0 ||
        running_.contains(ended.si_pid)) {
        return false;
    }
    return reap(ended.si_pid);
}

/// False as long as its end is hidden by somebody who traces it.
bool warden::reap(pid_t orphan) {
    if (::waitpid(orphan, nullptr, WNOHANG) != orphan) {
        return false;
    }
    std::erase_if(permitted_, [&](auto const& one) { return one.first == orphan; });
    return true;
}

void warden::reap_orphans() {
    for (int reaped = 0; reaped < reaped_at_once; ++reaped) {
        if (!reap_orphan()) {
            return;
        }
    }
    // There may be no end of them as long as somebody makes more: others have their turn first.
    asio::post(ended_children_.get_executor(), [this, stopped = stopped_] {
        if (!*stopped) {
            reap_orphans();
        }
    });
}

void warden::begin(pid_t leader, ward what) {
    auto const seen = look_at(leader);
    what.started = seen ? seen->started : 0;
    running_.emplace(leader, std::move(what));
}

void warden::end(pid_t leader) {
    auto over = running_.extract(leader);
    groups_.retire(std::move(over.mapped().group));
    reap_orphans();
}

void warden::give_up(pid_t leader) {
    if (auto const process = look_at(leader)) {
        unkillable_.emplace(running_.at(leader).name, *process);
    }
    if (auto const& group = running_.at(leader).group) {
        (void)group->kill(); // whoever else is in there
    }
    end(leader);
}

std::optional<pid_t> warden::owner_by_group(pid_t orphan) const {
    std::optional<std::string> name;
    for (auto const& [leader, what] : running_) {
        if (what.group) {
            name = name
                       ? *name
                       : find_cgroup_name(read_proc("/proc/" + std::to_string(orphan) + "/cgroup"));
            if (what.group->holds(*name)) {
                return leader;
            }
        }
    }
    return std::nullopt;
}

// Its cgroup is a fact; the rest tells most of those that are in none, or moved out of it.
bool warden::owns(pid_t leader, process_info const& orphan) const {
    if (auto const owner = owner_by_group(orphan.pid)) {
        return *owner == leader;
    }
    if (orphan.group == leader || orphan.session == leader) {
        return true;
    }
    auto const others = [&](auto const& test) {
        return std::ranges::any_of(running_, [&](auto const& other) {
            return other.first != leader && test(other.first, other.second);
        });
    };
    if (others([&](pid_t other, ward const&) {
            return orphan.group == other || orphan.session == other;
        })) {
        return false;
    }
    if (holds_pipe(orphan, running_.at(leader).pipe)) {
        return true;
    }
    // Nothing names its command: it is this one's if no other was there when it began.
    return orphan.started >= running_.at(leader).started &&
           !others([&](pid_t, ward const& other) { return other.started <= orphan.started; });
}

bool warden::is_known(process_info const& child) const {
    return permitted_.contains({child.pid, child.started}) ||
           std::ranges::any_of(unkillable_, [&](auto const& one) {
               return one.second.pid == child.pid && one.second.started == child.started;
           });
}

process_set warden::orphans_of(pid_t leader) const {
    process_set orphans;
    for (auto const& child : own_children()) {
        if (!running_.contains(child.pid) && !child.ended() && !is_known(child) &&
            owns(leader, child)) {
            orphans.insert(child);
        }
    }
    return orphans;
}

// What ends while the list is read may leave a child that came too late for it.
warden::findings warden::look_for(pid_t leader) {
    findings found;
    for (auto const& child : own_children()) {
        if (running_.contains(child.pid)) {
            continue;
        }
        if (child.ended()) {
            found.complete = !reap(child.pid) && found.complete;
        } else if (!is_known(child) && owns(leader, child)) {
            found.left.insert(child);
        }
    }
    auto const& group = running_.at(leader).group;
    if (group && group->populated()) {
        found.complete = false;
        for (auto const pid : group->members()) {
            auto const member = running_.contains(pid) ? std::nullopt : look_at(pid);
            if (member && !member->ended() && !is_known(*member)) {
                found.left.insert(*member);
            }
        }
    }
    return found;
}

/// False when none of them can be killed.
bool warden::kill(pid_t leader, process_set const& left) const {
    auto const& group = running_.at(leader).group;
    bool any_dies = group && group->kill();
    for (auto const& one : left) {
        any_dies = kill_with_group(one) || any_dies;
    }
    return any_dies;
}

// A process that another user has become cannot be signalled.
bool warden::kill_with_group(process_info const& orphan) {
    bool const leads_a_group = orphan.group == orphan.pid;
    return ::kill(leads_a_group ? -orphan.pid : orphan.pid, SIGKILL) == 0 || errno == ESRCH;
}

asio::awaitable<leftovers> warden::sweep(pid_t leader) {
    auto const name = running_.at(leader).name;
    leftovers found;
    if (running_.at(leader).daemon) {
        for (auto const& orphan : orphans_of(leader)) {
            permitted_.emplace(orphan.pid, orphan.started);
        }
        co_return found;
    }
    process_set seen;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    auto const deadline = std::chrono::steady_clock::now() + patience;
    auto now = look_for(leader);
    ::kill(-leader, SIGKILL);
    for (milliseconds pause{1}; !now.left.empty() || !now.complete; pause = longer(pause)) {
        seen.insert(now.left.begin(), now.left.end());
        bool const any_dies = kill(leader, now.left) || now.left.empty();
        if (!any_dies || std::chrono::steady_clock::now() >= deadline) {
            break;
        }
        // One that forks and ends for ever is caught by who looks often.
        timer.expires_after(now.complete ? pause : milliseconds(0));
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        now = look_for(leader); // also for what the killed ones leave
        // One on its way out is in no cgroup any more and may still have another parent.
        std::ranges::copy_if(seen, std::inserter(now.left, now.left.end()), still_runs);
    }
    for (auto const& one : now.left) {
        unkillable_.emplace(name, one);
    }
    found.unkillable = now.left.size();
    found.killed = seen.size() - now.left.size();
    co_return found;
}

void warden::kill_everything() const {
    for (auto const& [leader, what] : running_) {
        if (what.group) {
            (void)what.group->kill();
        }
    }
    for (auto const& child : own_children()) {
        kill_with_group(child);
    }
}

std::string warden::obstacle(std::string const& name) {
    std::erase_if(unkillable_, [](auto const& one) { return !still_runs(one.second); });
    auto const found = unkillable_.find(name);
    if (found == unkillable_.end()) {
        return {};
    }
    return "process " + std::to_string(found->second.pid) +
           " of its last run could not be killed and is still there";
}

} // namespace trafikito::exec
