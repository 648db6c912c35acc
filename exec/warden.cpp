#include "exec/warden.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iterator>
#include <utility>
#include <vector>

namespace trafikito::exec {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds patience{2000}; ///< how long KILL may take
constexpr milliseconds longest_pause{20};

// A process that another user has become cannot be signalled.
bool kill_with_group(process_info const& orphan) {
    bool const leads_a_group = orphan.group == orphan.pid;
    return ::kill(leads_a_group ? -orphan.pid : orphan.pid, SIGKILL) == 0 || errno == ESRCH;
}

/// These are no children of ours: their numbers may be another's at any moment.
void kill_below(pid_t ancestor) {
    for (auto const& one : descendants_of(ancestor)) {
        (void)send_signal(one, SIGKILL);
    }
}

/// Its main process first: a shell whose child is killed goes on with its next line.
void kill_ward(pid_t leader, ward const& what) {
    auto const below = what.daemon ? std::vector<process_info>() : descendants_of(leader);
    if (what.group) {
        (void)what.group->kill();
    }
    ::kill(-leader, SIGKILL);
    for (auto const& one : below) {
        (void)send_signal(one, SIGKILL);
    }
}

} // namespace

warden::warden(asio::any_io_executor const& executor, std::string installation)
    : ended_children_(executor, SIGCHLD), next_reaping_(executor), pidfds_(executor),
      groups_(std::move(installation)),
      lists_orphans_((::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 || ::getpid() == 1) &&
                     shows_processes()),
      first_process_(::getpid() == 1) {
    meet_strangers();
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
    next_reaping_.cancel();
    hear_again();
    while (reap_orphan()) { // nothing is running that could make more
    }
}

std::uint64_t warden::prepare() {
    if (running_.empty()) {
        meet_strangers();
        groups_.try_again();
        turn_deaf(); // before there is anything to hear
    }
    return given_.next();
}

void warden::begin(pid_t leader, ward what, bool told) {
    running_.emplace(leader, std::move(what));
    signal_needed_ = signal_needed_ || !told;
    if (signal_needed_) {
        hear_again();
    } else {
        turn_deaf();
    }
}

void warden::end(pid_t leader) {
    auto ended = running_.extract(leader);
    auto const now = clock::now();
    std::erase_if(ended_, [&](auto const& one) { return now - one.second.at > lately; });
    ended_.insert_or_assign(leader, ended_command{ended.mapped().name, now});
    groups_.retire(std::move(ended.mapped().group));
    if (running_.empty()) {
        tags_.clear();
        signal_needed_ = false;
    }
    if (!deaf_) {
        reap_orphans();
    } else if (running_.empty()) {
        hear_again();
    }
}

void warden::give_up(pid_t leader) {
    auto const& what = running_.at(leader);
    auto const now = look_at(leader);
    seen_.remember(leader, now ? now->started : 0);
    if (auto const process = seen_.look_at(leader)) {
        unkillable_.emplace(what.name, *process);
    }
    kill_below(leader);
    if (what.group) {
        (void)what.group->kill(); // whoever else is in there
    }
    end(leader);
}

// Looking, and killing what is found.

// What ends while the list is read, or is killed because it stands there, may leave a child that
// came too late for it.
void warden::look() {
    last_ = {};
    last_.began = clock::now();
    std::vector<process_info> orphans;
    for (auto const pid : where_to_look()) {
        auto const child = running_.contains(pid) ? std::nullopt : seen_.look_at(pid);
        if (child && child->ended()) {
            last_.complete = !reap(pid) && last_.complete;
        } else if (child && !is_known(*child)) {
            orphans.push_back(*child);
        }
    }
    if (!orphans.empty()) {
        note_ends();
    }
    for (auto& [leader, what] : running_) {
        if (what.over && what.group) {
            look_into(what);
        }
    }
    std::ranges::for_each(orphans, [this](process_info const& one) { judge(one); });
}

// What a command left may be here before we have heard of its end: it must not be taken for
// another's.
void warden::note_ends() {
    for (auto& [leader, what] : running_) {
        if (!what.over) {
            auto const now = look_at(leader);
            what.over = !now || now->ended();
        }
    }
}

void warden::judge(process_info const& orphan) {
    auto const owner = owner_of(orphan);
    if (!owner) {
        if (could_be_a_strangers() && !given_.ours(tag_for(orphan))) {
            leave_alone(orphan);
        } else {
            last_.strays.insert(orphan);
            strike(orphan);
        }
    } else if (auto& what = running_.at(*owner); what.over && what.daemon) {
        permitted_.insert(orphan);
    } else if (what.over) {
        what.left.insert(orphan);
        strike(orphan);
    }
}

/// It may have been left by a command, and as well by somebody else.
void warden::leave_alone(process_info const& orphan) {
    permitted_.insert(orphan);
    if (told_ && !std::exchange(doubted_, true)) {
        warn("process " + std::to_string(orphan.pid) +
             " may have been left by a command, or by somebody else whose orphans come to this "
             "process: it is left alone, and so is every other one of which that is not known");
    }
}

void warden::warn(std::string const& text) {
    constexpr std::size_t most = 64;
    if (told_ && warnings_.size() < most && warnings_.insert(text).second) {
        told_(text);
    }
}

void warden::strike(process_info const& leftover) {
    // Of one that is no child of ours the number may be another's at any moment.
    if (lists_orphans_ ? kill_with_group(leftover) : send_signal(leftover, SIGKILL)) {
        last_.complete = false;
    } else {
        last_.refused.insert(leftover);
    }
}

void warden::look_into(ward& what) {
    // As a rule nobody is in there any more.
    if (what.group->remove() || !what.group->populated()) {
        return;
    }
    last_.complete = false;
    for (auto const pid : what.group->members()) {
        auto const member = running_.contains(pid) ? std::nullopt : seen_.look_at(pid);
        if (member && !member->ended() && !is_known(*member)) {
            what.left.insert(*member);
        }
    }
    if (what.group->kill()) {
        for (auto const& one : what.left) {
            last_.refused.erase(one);
        }
    }
}

asio::awaitable<leftovers> warden::sweep(pid_t leader) {
    auto& what = running_.at(leader);
    what.over = true;
    if (what.daemon) {
        permitted_tags_.insert(what.tag); // all of it, and whatever comes of it later
        look();
        co_return leftovers{.daemons = daemons_of(leader, what)};
    }
    co_await hunt(what.left);
    leftovers result;
    for (auto const& one : what.left) {
        if (still_runs(one)) {
            ++result.unkillable;
            unkillable_.emplace(what.name, one);
            kill_below(one.pid);
        }
    }
    result.killed = what.left.size() - result.unkillable;
    co_return result;
}

std::vector<pid_t> warden::daemons_of(pid_t leader, ward const& what) {
    auto daemons = where_to_look();
    std::erase_if(daemons, [&](pid_t pid) {
        auto const child = running_.contains(pid) ? std::nullopt : seen_.look_at(pid);
        return !child || child->ended() ||
               (tag_for(*child) != what.tag && child->group != leader && child->session != leader);
    });
    return daemons;
}

/// Looks until nothing is there any more.
asio::awaitable<void> warden::hunt(process_set const& found) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    auto const deadline = clock::now() + patience;
    auto since = clock::now();
    std::size_t known = 0;
    for (milliseconds pause{1};; pause = std::min(pause * 2, longest_pause)) {
        if (last_.began < since) { // or another sweep has just looked
            look();
        }
        // One on its way out is in no cgroup any more, and may still have another parent.
        process_set left;
        std::ranges::copy_if(found, std::inserter(left, left.end()), still_runs);
        bool const nothing = left.empty() && last_.strays.empty() && last_.complete;
        if (nothing || is_hopeless(left) || clock::now() >= deadline) {
            co_return;
        }
        // One that forks and ends all the time is caught by who looks often.
        if (std::exchange(known, found.size()) != found.size()) {
            pause = milliseconds(1);
        }
        since = clock::now();
        timer.expires_after(left.empty() ? milliseconds(0) : pause);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

/// Whether nobody is left but those that may not be killed.
bool warden::is_hopeless(process_set const& left) const {
    auto const refused = [&](process_info const& one) { return last_.refused.contains(one); };
    return last_.complete && !(left.empty() && last_.strays.empty()) &&
           std::ranges::all_of(left, refused) && std::ranges::all_of(last_.strays, refused);
}

void warden::kill_command_of(pid_t process) {
    if (auto const leader = running_above(process)) {
        kill_ward(*leader, running_.at(*leader));
    }
}

void warden::kill_commands() {
    for (auto const& [leader, what] : running_) {
        if (what.daemon) {
            permitted_tags_.insert(what.tag);
        }
    }
    constexpr int rounds = 3; // what was started while we looked has been handed to us since
    for (int round = 0; round < rounds; ++round) {
        for (auto const& [leader, what] : running_) {
            kill_ward(leader, what);
        }
        for (auto const pid : where_to_look()) {
            auto const child = running_.contains(pid) ? std::nullopt : seen_.look_at(pid);
            if (child && !is_known(*child) && given_.ours(tag_for(*child))) {
                kill_below(pid);
                kill_with_group(*child);
            }
        }
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
