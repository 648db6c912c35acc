#include "agent/daemon/daemon.hpp"

#include "agent/cycle/cycle.hpp"
#include "agent/cycle/identity_watch.hpp"
#include "agent/cycle/order_pace.hpp"
#include "agent/cycle/schedule.hpp"
#include "agent/daemon/kernel_support.hpp"
#include "agent/daemon/minute_loop.hpp"
#include "agent/daemon/session.hpp"
#include "agent/daemon/signal_storm.hpp"
#include "agent/daemon/signals.hpp"
#include "agent/daemon/supervision.hpp"
#include "agent/persistence/installation.hpp"
#include "agent/persistence/instance_lock.hpp"
#include "agent/persistence/machine.hpp"
#include "agent/persistence/stop_file.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/random.hpp"
#include "base/spawn.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "exec/warden.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>

namespace trafikito::agent::daemon {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// sysexits.h's EX_TEMPFAIL: it passes, so a service manager is to try again, unlike with 2.
constexpr int another_agent_runs = 75;

/// That a signal cut the work short is no failure.
void pass_on(std::exception_ptr const& failed) {
    try {
        if (failed) {
            std::rethrow_exception(failed);
        }
    } catch (boost::system::system_error const& error) {
        if (error.code() != asio::error::operation_aborted) {
            throw;
        }
    }
}

/// False, and said why, when another agent is there already.
bool take_over(config::settings const& settings, persistence::instance_lock& lock, base::log& log) {
    constexpr milliseconds patience{1000};
    std::error_code failed;
    std::filesystem::create_directory(settings.var_dir, failed); // where it fails, all else says so
    if (!lock.lock_directory(settings.var_dir, patience)) {
        log.error("another agent (" + lock.holder() + ") works with " + settings.var_dir.string() +
                  "; there is room for one: stop that one first");
        return false;
    }
    if (!lock.claim_server(persistence::identity_of(settings), patience)) {
        log.error("another agent (" + lock.holder() + ") of this machine already is server " +
                  settings.who.server_id +
                  " to this API; it may be asked by one only: stop that one, or enroll anew");
        return false;
    }
    if (!lock.problem().empty()) {
        log.warning("a second agent would not be noticed: " + lock.problem());
    }
    return true;
}

/// What lasts from one cycle to the next, and the signals that end it all.
class program {
public:
    program(config::settings settings, std::vector<std::string> environment, base::log& log)
        : log_(log), signals_(context_.get_executor(), {SIGTERM, SIGINT, SIGQUIT, SIGHUP}),
          time_(base::make_system_clock()), state_(persistence::state_file_in(settings.var_dir)),
          pace_(state_, *time_), spool_(settings.var_dir / "spool"),
          audit_(settings.var_dir, *time_, log),
          session_(context_.get_executor(), std::move(settings), std::move(environment), *time_,
                   log, known_from(state_.value()), &pace_),
          warden_(context_.get_executor(),
                  persistence::installation_id(session_.settings().var_dir)) {
        warden_.on_warning([this](std::string const& text) { log_.warning(text); });
    }

    int run_for_good();
    int run_once();

private:
    /// Runs `work` with the signals connected to its cancellation.
    void run(asio::awaitable<void> work);
    void on_signal(received_signal which);
    void on_signal_of(std::string const& command, std::string const& name, pid_t sender);
    bool open();
    void check_machine();

    asio::awaitable<milliseconds> scheduled_cycle();
    asio::awaitable<void> loop();
    asio::awaitable<void> one_cycle();
    [[nodiscard]] outlook ahead(std::optional<base::clock::steady_time> due) const;
    asio::awaitable<cycle::cycle_outcome> cycle();
    void reload();

    base::log& log_;
    asio::io_context context_{1};
    signals signals_;
    asio::cancellation_signal stop_;
    std::unique_ptr<base::clock> time_;
    persistence::state_file state_;
    cycle::order_pace pace_;
    persistence::report_spool spool_;
    persistence::audit audit_;
    persistence::installation_watch installation_;
    session session_;
    cycle::feedback_gate feedback_;
    cycle::result_cache cache_;
    supervision outside_{context_.get_executor(), *time_, log_};
    exec::warden warden_;
    signal_storm storm_;
    std::unique_ptr<minute_loop> minutes_; ///< there when it runs for good
    std::string ended_by_;
    bool stopping_ = false;
    bool reload_ = false;
    int exit_code_ = 0;
};

bool program::open() {
    auto const problem = session_.open();
    if (!problem.empty()) {
        log_.error(problem);
    } else if (!state_.problem().empty()) {
        log_.warning(state_.problem());
    }
    for (auto const& weakness : weak_in_kernel()) {
        log_.warning(weakness);
    }
    log_.debug(warden_.groups().describe());
    check_machine();
    spool_.adopt(session_.settings().tmp_file);
    return problem.empty();
}

void program::check_machine() {
    auto const& settings = session_.settings();
    auto const identity = persistence::identity_fingerprint(settings);
    spool_.belongs_to(identity);
    cycle::check_machine(settings, state_, identity, persistence::machine_fingerprint(), log_);
}

int program::run_for_good() {
    if (!open()) {
        return 2;
    }
    run(loop());
    log_.info("stopped");
    outside_.ended(ended_by_);
    return exit_code_;
}

int program::run_once() {
    exit_code_ = 1;
    if (!open()) {
        return 2;
    }
    run(one_cycle());
    outside_.ended(ended_by_.empty() ? "the end of --once" : ended_by_);
    return exit_code_;
}

void program::run(asio::awaitable<void> work) {
    signals_.listen([this](received_signal which) { on_signal(which); });
    base::spawn(context_.get_executor(), std::move(work),
                asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr failed) {
                    signals_.stop();
                    warden_.stop();
                    outside_.end();
                    pass_on(failed);
                }));
    context_.run();
}

void program::on_signal(received_signal which) {
    int const number = which.number;
    auto const name = std::string("SIG") + ::sigabbrev_np(number);
    if (auto const command = warden_.command_of(which.sender)) {
        on_signal_of(*command, name, which.sender);
        return;
    }
    if (number == SIGHUP) {
        outside_.reloading();
        reload_ = true;
        if (!outside_.cycle_running()) { // one that runs keeps its settings
            reload();
        }
        return;
    }
    if (stopping_) {
        warden_.kill_commands();
        std::_Exit(128 + number);
    }
    stopping_ = true;
    ended_by_ = name;
    outside_.stopping();
    log_.info(name + ": stopping");
    stop_.emit(asio::cancellation_type::terminal);
}

/// No command ends the agent; nor does one keep others from ending it.
void program::on_signal_of(std::string const& command, std::string const& name, pid_t sender) {
    if (!storm_.one_more(command, time_->steady_now())) {
        log_.warning(name + " ignored: " + command + " sent it, and no command ends the agent");
        return;
    }
    warden_.kill_command_of(sender);
    log_.warning(command + " killed: it sends " + name +
                 " again and again, and nobody else's is heard; whoever sent one in that moment "
                 "should send it again");
}

void program::reload() {
    session_.refresh(std::exchange(reload_, false));
    check_machine();
    outside_.reloaded();
}

asio::awaitable<void> program::loop() {
    auto const& settings = session_.settings();
    std::mt19937 engine(base::random_source{}());
    auto const first = cycle::first_wait(
        settings.random_number, pace_.after_start(settings.interval), settings.interval, engine);
    if (!settings.random_number) {
        pace_.in_step();
    }
    auto const story = "trafikito-agent " + std::string(base::version) + " watches as server " +
                       settings.who.server_id + ", every " + base::in_seconds(settings.interval) +
                       ", first cycle in " + base::in_seconds(first);
    log_.limit_repeats([this] { return time_->steady_now(); });
    log_.info(story);
    // Not only when the first cycle comes: that may be an interval away.
    persistence::log_verdict(log_, installation_.judge(settings, ::geteuid()), settings);
    outside_.begin(settings, story, ahead(time_->steady_now() + first));
    loop_hooks hooks;
    hooks.interval = [this] { return session_.settings().interval; };
    hooks.cycle = [this] { return scheduled_cycle(); };
    minutes_ = std::make_unique<minute_loop>(*time_, log_, std::move(hooks));
    co_await minutes_->run(first);
}

outlook program::ahead(std::optional<base::clock::steady_time> due) const {
    return {.interval = session_.settings().interval,
            .configured = session_.own_interval(),
            .due = due,
            .skipped = minutes_ ? minutes_->skipped() : 0};
}

asio::awaitable<milliseconds> program::scheduled_cycle() {
    session_.refresh(false);
    outside_.cycle_begins(session_.settings());
    auto const outcome = co_await cycle();
    auto const longer = session_.follow_api(); // the next one is due by the interval as it was
    auto const later = pace_.take_postponement() + longer;
    outside_.cycle_ended(outcome, ahead(minutes_->due() + later));
    if (reload_) {
        reload();
    }
    co_return later;
}

asio::awaitable<void> program::one_cycle() {
    auto const wait = pace_.must_wait(session_.settings().interval);
    outside_.begin_once(session_.settings(), ahead(time_->steady_now() + wait));
    if (wait > milliseconds(0)) {
        auto until = time_->stamp();
        until.wall += wait;
        log_.info(pace_.why_wait(session_.settings().interval) + ": waiting " +
                  base::in_seconds(std::chrono::ceil<seconds>(wait)) + ", until " +
                  base::local_time(until));
        co_await time_->sleep_until(time_->steady_now() + wait);
    }
    outside_.cycle_begins(session_.settings());
    auto const outcome = co_await cycle();
    (void)session_.follow_api();
    outside_.cycle_ended(outcome, ahead(std::nullopt));
    bool const well =
        outcome.end == cycle::cycle_outcome::kind::accepted && outcome.nothing_ran.empty();
    exit_code_ = well ? 0 : 1;
}

asio::awaitable<cycle::cycle_outcome> program::cycle() {
    auto const& settings = session_.settings();
    auto const stopped = persistence::stop_reason(settings.var_dir);
    log_.on_change(
        base::severity::warning, "STOP",
        stopped ? "stopped by the API: " + *stopped + "; nothing runs and nothing is asked until " +
                      persistence::stop_file_in(settings.var_dir).string() + " is removed"
                : "");
    if (stopped) {
        cycle::cycle_outcome nothing_done;
        nothing_done.end = cycle::cycle_outcome::kind::stopped;
        nothing_done.story = "stopped by the API: " + *stopped;
        co_return nothing_done;
    }
    cycle::cycle_tools const tools{.settings = settings,
                                   .around = session_.around(),
                                   .api = session_.api(),
                                   .time = *time_,
                                   .log = log_,
                                   .state = state_,
                                   .pace = pace_,
                                   .feedback = feedback_,
                                   .cache = cache_,
                                   .warden = warden_,
                                   .spool = spool_,
                                   .audit = audit_,
                                   .installation = &installation_};
    co_return co_await cycle::run_cycle(tools);
}

} // namespace

int run_daemon(config::settings settings, std::vector<std::string> environment, base::log& log) {
    persistence::instance_lock lock;
    if (!take_over(settings, lock, log)) {
        return another_agent_runs;
    }
    program daemon(std::move(settings), std::move(environment), log);
    return daemon.run_for_good();
}

int run_once(config::settings settings, std::vector<std::string> environment, base::log& log) {
    persistence::instance_lock lock;
    if (!take_over(settings, lock, log)) {
        return another_agent_runs;
    }
    program once(std::move(settings), std::move(environment), log);
    return once.run_once();
}

} // namespace trafikito::agent::daemon
