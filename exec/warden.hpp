#pragma once
// Sees to it that a command leaves nothing behind. It makes this process the one to which orphans
// are handed (a child subreaper, as PID 1 is by nature), finds out whose they are, kills them when
// their command has ended, and reaps everything. Lives as long as the agent; run_child() asks it.

#include "exec/cgroup.hpp"
#include "exec/process_info.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace trafikito::exec {

/// A command while it runs, as the warden knows it.
struct ward {
    std::string name;
    ino_t pipe = 0; ///< the pipe that it prints into
    bool daemon = false;
    std::unique_ptr<cgroup> group; ///< its own; nothing where there is none to be had
    std::uint64_t started = 0;     ///< process_info::started of its main process
};

/// Which process it is; what else is known of it changes.
struct same_process {
    bool operator()(process_info const& one, process_info const& other) const {
        return std::pair(one.pid, one.started) < std::pair(other.pid, other.started);
    }
};
using process_set = std::set<process_info, same_process>;

/// What became of the leftovers of one command.
struct leftovers {
    std::size_t killed = 0;
    std::size_t unkillable = 0; ///< still there; nobody waits for them
};

class warden {
public:
    /// Makes this process a child subreaper (prctl(2)) and listens for children that end.
    explicit warden(boost::asio::any_io_executor const& executor);
    ~warden();
    warden(warden const&) = delete;
    warden& operator=(warden const&) = delete;

    /// The cgroups that commands run in, where they can be had.
    [[nodiscard]] command_groups& groups() { return groups_; }

    /// A command was started; `leader` is its main process and leads its group.
    void begin(pid_t leader, ward what);

    /// Its main process has ended and is not reaped yet. Kills what is left of its cgroup, its
    /// group, its sessions and its orphans, and whatever those leave, until nothing is there or
    /// KILL has no effect within two seconds. Orphans that may as well be another running command's
    /// wait until that one has ended too.
    boost::asio::awaitable<leftovers> sweep(pid_t leader);

    /// Its main process was reaped, or was given up: then the process itself counts as unkillable.
    void end(pid_t leader);
    void give_up(pid_t leader);

    /// Why the command of that name must not be started now: what it left could not be killed and
    /// is still there. Empty when nothing is in the way.
    std::string obstacle(std::string const& name);

    /// The last thing before a process that must end at once: KILL to whatever it started and has
    /// inherited. Waits for nothing.
    void kill_everything() const;

    /// Stops listening, so that the io_context can run out of work.
    void stop();

private:
    struct findings {
        process_set left;
        bool complete = true; ///< nothing moved while it was looked for
    };

    void listen();
    bool reap_orphan();
    bool reap(pid_t orphan);
    void reap_orphans();
    [[nodiscard]] bool is_known(process_info const& child) const;
    [[nodiscard]] bool owns(pid_t leader, process_info const& orphan) const;
    [[nodiscard]] process_set orphans_of(pid_t leader) const;
    [[nodiscard]] findings look_for(pid_t leader);
    [[nodiscard]] std::optional<pid_t> owner_by_group(pid_t orphan) const;
    [[nodiscard]] bool kill(pid_t leader, process_set const& left) const;
    static bool kill_with_group(process_info const& orphan);

    boost::asio::signal_set ended_children_;
    command_groups groups_;
    std::map<pid_t, ward> running_;
    std::set<std::pair<pid_t, std::uint64_t>> permitted_; ///< left by a `daemon=yes` command
    std::multimap<std::string, process_info> unkillable_; ///< by the name of the command
    std::shared_ptr<bool> stopped_ = std::make_shared<bool>(false);
};

} // namespace trafikito::exec
