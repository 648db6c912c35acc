// Step 6: the daemon: whether it runs, turns, and does so with what is on the disk.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/agents_view.hpp"
#include "agent/diagnosis/keeper.hpp"
#include "agent/diagnosis/processes.hpp"
#include "base/shell_quoting.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "exec/process_info.hpp"
#include "exec/user.hpp"

#include <sys/stat.h>

namespace trafikito::agent::diagnosis {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// No cycle that works as it should is longer (agent/daemon/supervision.cpp).
milliseconds longest_cycle(config::settings const& with, milliseconds interval) {
    return interval + with.cycle_timeout + with.kill_grace + 2 * with.request_timeout + seconds(30);
}

std::string in_words(milliseconds span) {
    return base::in_words(std::chrono::duration_cast<seconds>(span));
}

/// It runs, or may: its command line and its lock are everybody's to see.
void not_seen(known const& so_far, step& result) {
    auto const seen = so_far.holder != 0 ? find_process(so_far.holder) : std::nullopt;
    result.text = (seen ? seen->in_words() + " runs; " : std::string()) +
                  "what it says of itself cannot be read";
    if (!so_far.sees_as_daemon()) {
        result.is = verdict::unseen;
        result.text += " by this user";
        return;
    }
    look_at_view(so_far, result);
    if (result.is != verdict::wrong) {
        result.is = verdict::note;
        result.details.push_back("it begins just now, cannot write there, or is of another version "
                                 "than this program: to use the new one, " +
                                 restart_in_words(so_far));
    }
}

/// No daemon is meant to run: something begins a cycle now and then.
void driven(known const& so_far, step& result) {
    constexpr auto rarely = std::chrono::hours(25); ///< once a day, and a bit
    auto const& last = so_far.status;
    result.text = "no daemon: single cycles (--once) are begun by " + so_far.driver;
    if (!last || !last->cycle_ended) {
        result.is = verdict::note;
        result.text += "; none has ended yet";
        return;
    }
    result.text += "; the last one ended " + ago(last->cycle_ended);
    if (last->cycle_ended->age(base::timestamp::now()) > rarely) {
        result.add({.rank = rank::no_agent,
                    .sentence = "no cycle has run since " +
                                base::in_words(last->cycle_ended->age(base::timestamp::now())) +
                                ", though " + so_far.driver + " is to begin them",
                    .advice =
                        "does that run, and what does it say (its mail, its log)? This begins "
                        "one",
                    .command = so_far.program() + " --once --config " +
                               base::shell_quoted(so_far.asked.config_file.native())});
    }
}

void not_running(known const& so_far, step& result) {
    if (!so_far.driver.empty()) {
        driven(so_far, result);
        return;
    }
    auto const& before = so_far.status;
    result.text = before ? "none runs; the last one was process " + std::to_string(before->pid) +
                               ", started " + ago(before->started) + ": " + before->last_cycle
                         : "none runs, and none has run here";
    result.add(
        {.rank = rank::no_agent,
         .sentence =
             before ? "no agent runs: the last one, started " + ago(before->started) + ", is gone"
                    : "no agent runs, and none has run with this configuration yet",
         .advice = so_far.other_agent.empty()
                       ? ""
                       : "another one runs, with another configuration: " + so_far.other_agent,
         .command = so_far.how_to_start()});
}

/// By what the kernel says of its process.
void look_at_process(exec::process_info const& process, step& result) {
    auto const pid = std::to_string(process.pid);
    auto const who = "the agent, process " + pid + ",";
    if (process.state == 'T') {
        result.text = "frozen: process " + pid + " was stopped by a signal";
        result.add({.rank = rank::frozen,
                    .sentence = who + " was stopped by a signal (SIGSTOP) and does nothing",
                    .advice = {},
                    .command = "kill -CONT " + pid});
    } else if (process.state == 't') {
        result.text = "frozen: process " + pid + " is held by a debugger";
        auto const status = exec::read_proc("/proc/" + pid + "/status");
        auto const tracer = std::string(exec::field_of_status(status, "TracerPid"));
        bool const seen = !tracer.empty() && tracer != "0"; // else of another container
        result.add({.rank = rank::frozen,
                    .sentence = who + " is held by a debugger (or strace) and does nothing",
                    .advice = "end that debugger",
                    .command = seen ? "kill " + tracer : ""});
    } else if (process.state == 'D') {
        result.at_least(verdict::note);
        result.details.emplace_back("it waits for a disk just now (state D)");
    }
}

/// `, process 12,`; nothing where it is out of sight.
std::string process_of(persistence::daemon_status const& daemon) {
    return daemon.pid == 0 ? std::string() : ", process " + std::to_string(daemon.pid) + ",";
}

void hangs(known const& so_far, std::string sentence, step& result) {
    cause why{.rank = rank::frozen, .sentence = std::move(sentence), .advice = {}, .command = {}};
    add_restart(so_far, why, condition::hanging);
    result.add(std::move(why));
}

/// By what it wrote of its cycles.
void look_at_cycles(known const& so_far, step& result) {
    auto const& daemon = *so_far.daemon;
    auto const now = base::timestamp::now();
    auto const longest = longest_cycle(so_far.settings(), daemon.interval);
    auto const who = "the agent" + process_of(daemon);
    if (daemon.cycle_began && daemon.cycle_began->age(now) > longest) {
        result.text = "a cycle does not end since " + in_words(daemon.cycle_began->age(now));
        hangs(so_far,
              who + " hangs: its cycle began " + ago(daemon.cycle_began) + " and does not end",
              result);
        return;
    }
    // Late by an interval for chance at the start, and one for DELAY of an order.
    auto const& last = daemon.cycle_ended ? *daemon.cycle_ended : daemon.started;
    auto const delay = so_far.state && so_far.state->last_order
                           ? milliseconds(so_far.state->last_order->delay)
                           : milliseconds(0);
    auto const random = so_far.settings().random_number.value_or(seconds(0));
    if (!daemon.cycle_began && last.age(now) > 3 * daemon.interval + longest + delay + random) {
        result.text = "no cycle has begun since " + in_words(last.age(now));
        hangs(so_far,
              who + " hangs: no cycle has begun since " + in_words(last.age(now)) +
                  ", though one is due every " + base::in_seconds(daemon.interval),
              result);
    }
}

/// It is somebody else than the one that run_as names.
void look_at_user(known const& so_far, step& result) {
    auto const& run_as = so_far.settings().run_as;
    auto const wanted = run_as.empty() ? std::nullopt : exec::find_user(run_as);
    if (!wanted || !so_far.running_as || wanted->uid == *so_far.running_as) {
        return;
    }
    result.at_least(verdict::note);
    result.details.push_back("it runs as user " + user_name(*so_far.running_as) +
                             ", and run_as says " + run_as +
                             ": what is said here of rights is said of the former; restart it to "
                             "make it the latter (" +
                             restart_in_words(so_far) + ")");
}

/// What is on the disk and not what it runs with.
void look_at_age(known const& so_far, step& result) {
    auto const& daemon = *so_far.daemon;
    auto const& settings = so_far.settings();
    if (daemon.version != base::version) {
        result.at_least(verdict::note);
        result.details.push_back("it is version " + daemon.version + ", and this program " +
                                 std::string(base::version) + ": restart it to use the new one (" +
                                 restart_in_words(so_far) + ")");
    }
    if (so_far.configuration_is_whole && daemon.server_id != settings.who.server_id) {
        cause why{.rank = rank::earlier_one,
                  .sentence = "the agent that runs is still server " + daemon.server_id +
                              ", and the configuration says " + settings.who.server_id,
                  .advice = {},
                  .command = {}};
        add_restart(so_far, why);
        result.add(std::move(why));
    }
    if (changed_since_start(so_far)) {
        auto const reload = how_to_reload(so_far);
        result.at_least(verdict::note);
        result.details.push_back(settings.config_file.string() +
                                 " was changed after the agent had started: unless it was told to "
                                 "read it again" +
                                 (reload.empty() ? "" : " (" + reload + ")") +
                                 ", it runs with the earlier one");
    }
    look_at_user(so_far, result);
}

} // namespace

bool changed_since_start(known const& so_far) {
    struct stat facts{};
    if (!so_far.daemon || ::stat(so_far.settings().config_file.c_str(), &facts) != 0) {
        return false;
    }
    auto const changed =
        seconds(facts.st_mtim.tv_sec) + std::chrono::nanoseconds(facts.st_mtim.tv_nsec);
    return changed > so_far.daemon->started.wall;
}

step look_at_daemon(known& so_far) {
    step result;
    if (!so_far.daemon) {
        so_far.daemon_unseen ? not_seen(so_far, result) : not_running(so_far, result);
        return result;
    }
    auto const& daemon = *so_far.daemon;
    result.text = (daemon.pid == 0 ? "one that is out of sight from here (it has the lock: of "
                                     "another container perhaps)"
                                   : "process " + std::to_string(daemon.pid)) +
                  ", version " + daemon.version + ", started " + ago(daemon.started) + ", " +
                  base::count_of(daemon.cycles, "cycle") + " every " +
                  base::in_seconds(daemon.interval);
    if (auto const process =
            daemon.pid == 0 ? std::nullopt : exec::look_at(static_cast<pid_t>(daemon.pid));
        process && !process->hidden) {
        look_at_process(*process, result);
    }
    if (result.is != verdict::wrong) {
        look_at_cycles(so_far, result);
    }
    look_at_age(so_far, result);
    look_at_view(so_far, result);
    return result;
}

} // namespace trafikito::agent::diagnosis
