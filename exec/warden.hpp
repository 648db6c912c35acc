#pragma once
// Sees to it that a command leaves nothing behind. It makes this process the one to which orphans
// are handed (a child subreaper, as PID 1 is by nature) and reaps everything. A command's main
// process is one too as long as it lives (launcher.hpp): what a command has left comes to this
// process when that one has ended. Not everything that comes was left by a command: whoever was a
// child of ours before we began leaves orphans, too, and as PID 1 we get everybody's. So only what
// is proved to be of a command is killed, by its cgroup, its tag, its session or its group; or
// because there is nobody else whose it could be. All else is left alone.
// Lives as long as the agent; run_child() asks it.

#include "exec/cgroup.hpp"
#include "exec/first_sight.hpp"
#include "exec/parent_facts.hpp"
#include "exec/pidfd_set.hpp"
#include "exec/process_info.hpp"
#include "exec/tags.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace trafikito::exec {

/// Which process it is; what else is known of it changes.
struct same_process {
    bool operator()(process_info const& one, process_info const& other) const {
        return std::pair(one.pid, one.started) < std::pair(other.pid, other.started);
    }
};
using process_set = std::set<process_info, same_process>;

/// A command while it runs, as the warden knows it.
struct ward {
    explicit ward(std::string command_name) : name(std::move(command_name)) {}

    std::string name;
    std::uint64_t tag = 0; ///< what it and all that it starts are known by
    bool daemon = false;
    std::unique_ptr<cgroup> group; ///< its own; nothing where there is none to be had
    std::uint64_t started = 0;     ///< process_info::started that its main process has at least
    bool over = false;             ///< its main process has ended
    process_set left;              ///< whatever of it was found and killed then
};

/// What became of the leftovers of one command.
struct leftovers {
    std::size_t killed = 0;
    std::size_t unkillable = 0; ///< still there; nobody waits for them
    std::vector<pid_t> daemons; ///< left on purpose
};

class warden {
public:
    /// Makes this process a child subreaper (prctl(2)) and listens for children that end.
    /// `installation` as command_groups has it.
    explicit warden(boost::asio::any_io_executor const& executor, std::string installation = {});
    ~warden();
    warden(warden const&) = delete;
    warden& operator=(warden const&) = delete;

    /// The cgroups that commands run in, where they can be had.
    [[nodiscard]] command_groups& groups() { return groups_; }

    /// Told, once each, what an administrator should know: that there is a child that may have been
    /// left by a command and is not proved to be; what warn() is given.
    void on_warning(std::function<void(std::string const&)> told) { told_ = std::move(told); }
    void warn(std::string const& text);

    /// What commands are started from.
    [[nodiscard]] parent_facts& parent() { return parent_; }

    /// Where their ends are heard of.
    [[nodiscard]] pidfd_set& pidfds() { return pidfds_; }

    /// Before a command is started: its tag. Children without one that come while no command runs
    /// are nobody's leftovers (as PID 1 of a container, what was started there from outside): they
    /// stay.
    std::uint64_t prepare();

    /// A command was started; `leader` is its main process and leads its group. `told`: somebody
    /// hears of its end by other means than SIGCHLD.
    void begin(pid_t leader, ward what, bool told);

    /// Its main process has ended and is not reaped yet, or cannot be ended. Kills what is left of
    /// its cgroup, its group and its orphans, and whatever those leave, until nothing is there or
    /// KILL has no effect within two seconds.
    boost::asio::awaitable<leftovers> sweep(pid_t leader);

    /// Its main process was reaped, or was given up: then the process itself counts as unkillable.
    void end(pid_t leader);
    void give_up(pid_t leader);

    /// Why the command of that name must not be started now: what it left could not be killed and
    /// is still there. Empty when nothing is in the way.
    std::string obstacle(std::string const& name);

    /// The name of the command that started that process, directly or not, or was that process: of
    /// those that run, or ended less than two seconds ago. Nothing when it is none of them.
    [[nodiscard]] std::optional<std::string> command_of(pid_t process) const;

    /// KILL to the running command that command_of() names, and to all below it; it then ends as
    /// one that somebody killed.
    void kill_command_of(pid_t process);

    /// The last thing before a process that must end at once: KILL to the commands that run and to
    /// what they have left. Whatever else is below this process stays. Waits for nothing.
    void kill_commands();

    /// Stops listening, so that the io_context can run out of work.
    void stop();

private:
    using clock = std::chrono::steady_clock;

    /// How long a signal may still be on its way from a command that has ended.
    static constexpr std::chrono::seconds lately{2};

    struct ended_command {
        std::string name;
        clock::time_point at;
    };

    /// One look at all that was left. Sweeps that wait at the same time share it.
    struct findings {
        clock::time_point began;
        bool complete = true; ///< nothing moved while it was looked for, and nothing was killed
        process_set strays;   ///< left by nobody who is known any more
        process_set refused;  ///< may not be killed
    };

    void listen();
    void turn_deaf();
    void hear_again();
    void reap_from_time_to_time();
    [[nodiscard]] std::vector<pid_t> where_to_look() const;
    bool reap_orphan();
    bool reap_listed();
    bool reap(pid_t orphan);
    void reap_orphans();

    void meet_strangers();
    void look();
    void look_into(ward& what);
    void note_ends();
    void judge(process_info const& orphan);
    void strike(process_info const& leftover);
    void leave_alone(process_info const& orphan);
    [[nodiscard]] bool is_known(process_info const& child);
    [[nodiscard]] std::optional<pid_t> owner_of(process_info const& orphan);
    [[nodiscard]] std::optional<pid_t> likely_owner_of(process_info const& orphan) const;
    [[nodiscard]] bool could_be_a_strangers() const;
    [[nodiscard]] std::optional<pid_t> running_above(pid_t process) const;
    std::uint64_t tag_for(process_info const& orphan);
    boost::asio::awaitable<void> hunt(process_set const& found);
    [[nodiscard]] bool is_hopeless(process_set const& left) const;
    [[nodiscard]] std::vector<pid_t> daemons_of(pid_t leader, ward const& what);

    boost::asio::signal_set ended_children_;
    boost::asio::steady_timer next_reaping_; ///< while ended_children_ hears nothing
    bool deaf_ = false;                      ///< SIGCHLD is blocked
    bool signal_needed_ = false;             ///< by one of those that run
    parent_facts parent_;
    pidfd_set pidfds_;
    command_groups groups_;
    own_children children_;
    std::map<pid_t, ward> running_;
    std::map<pid_t, ended_command> ended_; ///< lately, by their main process
    tags given_;
    std::map<process_info, std::uint64_t, same_process> tags_; ///< as long as any command runs
    bool lists_orphans_;    ///< they come to this process, and /proc shows them
    bool first_process_;    ///< of its pid namespace: whose orphans come is not known
    bool strangers_ = true; ///< there are, or were since the first of these commands was started
    bool doubted_ = false;  ///< and said so
    std::function<void(std::string const&)> told_;
    std::set<std::string> warnings_; ///< that were given
    first_sight seen_;
    process_set permitted_; ///< strangers, and what a `daemon=yes` command left
    std::set<std::uint64_t> permitted_tags_;
    std::multimap<std::string, process_info> unkillable_; ///< by the name of the command
    findings last_;
    std::shared_ptr<bool> stopped_ = std::make_shared<bool>(false);
};

} // namespace trafikito::exec
