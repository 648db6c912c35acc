#include "agent/daemon/supervision.hpp"

#include "base/file.hpp"
#include "base/printable.hpp"
#include "base/units.hpp"
#include "base/version.hpp"

#include <unistd.h>

namespace trafikito::agent::daemon {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;
using kind = cycle::cycle_outcome::kind;

namespace {

/// No cycle that works as it should is longer: every step of it has a bound, and tries end when the
/// next cycle is due.
milliseconds longest_cycle(config::settings const& with) {
    return with.interval + with.cycle_timeout + with.kill_grace + 2 * with.request_timeout +
           seconds(30);
}

} // namespace

supervision::supervision(boost::asio::any_io_executor const& executor, base::clock& time,
                         base::log& log)
    : time_(time), log_(log), manager_(base::service_manager::from_environment()), feed_(executor) {
}

void supervision::begin(config::settings const& settings, std::string const& story) {
    status_.pid = ::getpid();
    status_.start_ticks = persistence::start_ticks_of(status_.pid).value_or(0);
    status_.version = base::version;
    status_.server_id = settings.who.server_id;
    status_.interval = settings.interval;
    status_.started = base::timestamp::now();
    status_.last_cycle = shown(story);
    file_.emplace(persistence::status_file_in(settings.var_dir), base::durability::none);
    longest_cycle_ = longest_cycle(settings);
    write();
    manager_.ready(status_.last_cycle);
    keep_alive();
}

void supervision::cycle_begins(config::settings const& settings) {
    status_.interval = settings.interval;
    longest_cycle_ = longest_cycle(settings);
    status_.cycle_began = base::timestamp::now();
    cycle_began_ = time_.steady_now();
    write();
}

void supervision::cycle_ended(cycle::cycle_outcome const& outcome) {
    status_.cycle_began.reset();
    status_.cycle_ended = base::timestamp::now();
    status_.last_cycle = shown(outcome.story);
    status_.results = outcome.results;
    if (outcome.ordered) { // else it says nothing about commands
        status_.nothing_ran = outcome.nothing_ran;
    }
    status_.reports_waiting = outcome.waiting.count;
    status_.bytes_waiting = outcome.waiting.size;
    status_.waiting_since = outcome.waiting.since;
    ++status_.cycles;
    if (outcome.end == kind::accepted) {
        ++status_.reports_accepted;
        status_.accepted = status_.cycle_ended;
    }
    write();
    manager_.status(status_.last_cycle);
}

void supervision::reloading() {
    manager_.reloading();
}

void supervision::reloaded() {
    manager_.ready("configuration read again; " + status_.last_cycle);
}

void supervision::stopping() {
    manager_.stopping();
}

void supervision::end() {
    feed_.cancel();
}

void supervision::keep_alive() {
    auto const every = manager_.watchdog();
    if (!every) {
        return;
    }
    if (!hung()) {
        manager_.alive();
    } else if (!hung_said_) {
        hung_said_ = true;
        log_.error("a cycle does not end since " +
                   base::in_seconds(duration_cast<seconds>(time_.steady_now() - cycle_began_)) +
                   ": the watchdog is not fed any more, so that this agent is started anew");
    }
    feed_.expires_after(*every / 3);
    feed_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) {
            keep_alive();
        }
    });
}

// On the clock that stands still while the machine sleeps.
bool supervision::hung() const {
    return cycle_running() && time_.steady_now() - cycle_began_ > longest_cycle_;
}

/// Status file and service manager are doors, too.
std::string supervision::shown(std::string_view text) const {
    return base::one_line(log_.redacted(text));
}

void supervision::write() {
    status_.problems = log_.problems();
    auto const problem = base::cannot_write(
        file_->path(), file_->write(persistence::format_status(status_), base::durability::none));
    log_.on_change(base::severity::warning, "status",
                   problem.empty() ? "" : problem + "; `status` and `healthcheck` know nothing");
}

} // namespace trafikito::agent::daemon
