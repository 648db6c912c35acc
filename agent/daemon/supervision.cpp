#include "agent/daemon/supervision.hpp"

#include "agent/persistence/foreign_place.hpp"
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
using answer_kind = cycle::api_answer::kind;

namespace {

/// No cycle that works as it should is longer: every step of it has a bound, and tries end when the
/// next cycle is due.
milliseconds longest_cycle(config::settings const& with) {
    return with.interval + with.cycle_timeout + with.kill_grace + 2 * with.request_timeout +
           seconds(30);
}

std::string_view name_of(kind end) {
    switch (end) {
    case kind::accepted:
        return "accepted";
    case kind::too_early:
        return "too early";
    case kind::stopped:
        return "stopped";
    case kind::interrupted:
        return "interrupted";
    case kind::failed:
        break;
    }
    return "failed";
}

std::string_view name_of(answer_kind what) {
    switch (what) {
    case answer_kind::order:
        return "order";
    case answer_kind::unchanged:
        return "unchanged";
    case answer_kind::too_early:
        return "too early";
    case answer_kind::stop:
        return "stop";
    case answer_kind::error:
        return "error";
    case answer_kind::refused:
        return "refused";
    case answer_kind::nonsense:
        return "nonsense";
    case answer_kind::none:
        break;
    }
    return "none";
}

} // namespace

supervision::supervision(boost::asio::any_io_executor const& executor, base::clock& time,
                         base::log& log)
    : time_(time), log_(log), manager_(base::service_manager::from_environment()), feed_(executor) {
}

void supervision::begin(config::settings const& settings, std::string const& story,
                        outlook const& next) {
    start_status(settings, next);
    story_ = shown(story);
    write(what::all);
    manager_.ready(story_);
    keep_alive();
}

void supervision::begin_once(config::settings const& settings, outlook const& next) {
    auto const before = persistence::look_at_status(settings.var_dir);
    if (before && persistence::is_running(*before)) {
        return;
    }
    status_.once = true;
    start_status(settings, next);
    write(what::all);
}

void supervision::start_status(config::settings const& settings, outlook const& next) {
    if (auto before = persistence::look_at_status(settings.var_dir);
        before && before->server_id == settings.who.server_id) {
        go_on_from(std::move(*before));
    }
    status_.pid = ::getpid();
    status_.start_ticks = persistence::start_ticks_of(status_.pid).value_or(0);
    status_.version = base::version;
    status_.server_id = settings.who.server_id;
    status_.started = base::timestamp::now();
    look_ahead(next);
    file_.emplace(persistence::status_file_in(settings.var_dir), base::durability::none);
    longest_cycle_ = longest_cycle(settings);
}

/// What is true of the server whoever reports for it; counts are this process's own.
void supervision::go_on_from(persistence::daemon_status&& before) {
    status_.cycle_ended = before.cycle_ended;
    status_.last_cycle = std::move(before.last_cycle);
    status_.last_end = std::move(before.last_end);
    status_.last_took = before.last_took;
    status_.last_once = before.last_once;
    status_.answer = std::move(before.answer);
    status_.accepted = before.accepted;
    status_.nothing_ran = std::move(before.nothing_ran);
    status_.offered_version = std::move(before.offered_version);
    status_.reports_waiting = before.reports_waiting;
    status_.bytes_waiting = before.bytes_waiting;
    status_.waiting_since = before.waiting_since;
}

void supervision::look_ahead(outlook const& next) {
    status_.interval = next.interval;
    status_.configured = next.configured;
    status_.skipped = next.skipped;
    status_.next_cycle.reset();
    if (next.due) {
        auto const left = std::chrono::ceil<milliseconds>(*next.due - time_.steady_now());
        status_.next_cycle = base::timestamp::now();
        status_.next_cycle->wall += left;
        status_.next_cycle->up += left;
    }
}

void supervision::cycle_begins(config::settings const& settings) {
    status_.interval = settings.interval;
    longest_cycle_ = longest_cycle(settings);
    metrics_file_ = settings.metrics_file;
    status_.cycle_began = base::timestamp::now();
    status_.next_cycle.reset();
    cycle_began_ = time_.steady_now();
    write(what::pace);
}

void supervision::cycle_ended(cycle::cycle_outcome const& outcome, outlook const& next) {
    status_.cycle_began.reset();
    status_.cycle_ended = base::timestamp::now();
    status_.last_cycle = story_ = shown(outcome.story);
    status_.last_end = name_of(outcome.end);
    status_.last_took = outcome.took;
    status_.last_once = status_.once;
    status_.results = outcome.results;
    if (outcome.ordered) { // else it says nothing about commands
        status_.nothing_ran = outcome.nothing_ran;
    }
    status_.offered_version = shown(outcome.offered_version);
    commands_.note(outcome.commands, status_.cycle_ended->up);
    metrics_.note(outcome);
    ++status_.cycles;
    note_answer(outcome);
    note_delivery(outcome);
    look_ahead(next);
    write(what::all);
    write_metrics();
    if (!status_.once) {
        manager_.status(story_);
    }
}

void supervision::note_answer(cycle::cycle_outcome const& outcome) {
    if (outcome.answer) {
        status_.answer = {.kind = std::string(name_of(outcome.answer->what)),
                          .words = shown(outcome.answer->words),
                          .http_status = outcome.answer->status,
                          .at = *status_.cycle_ended};
        // The cycle went on from there.
        status_.answer->at.wall -= outcome.answered_before_end;
        status_.answer->at.up -= outcome.answered_before_end;
    }
}

void supervision::note_delivery(cycle::cycle_outcome const& outcome) {
    status_.reports_waiting = outcome.waiting.count;
    status_.bytes_waiting = outcome.waiting.size;
    status_.waiting_since = outcome.waiting.since;
    if (outcome.end == kind::accepted) {
        ++status_.reports_accepted;
        status_.accepted = status_.cycle_ended;
        status_.in_vain = 0;
        status_.in_vain_since.reset();
    } else if (outcome.end != kind::interrupted) {
        status_.in_vain_since =
            status_.in_vain++ == 0 ? status_.cycle_ended : status_.in_vain_since;
    }
}

void supervision::reloading() {
    manager_.reloading();
}

void supervision::reloaded() {
    manager_.ready("configuration read again; " + story_);
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

void supervision::ended(std::string_view by) {
    status_.cycle_began.reset();
    status_.next_cycle.reset();
    status_.ended = base::timestamp::now();
    status_.ended_by = by;
    write(what::all);
}

void supervision::write(what changed) {
    if (!file_) {
        return;
    }
    auto problems = log_.problems();
    if (changed == what::all || problems != status_.problems) {
        status_.problems = std::move(problems);
        lasting_part_ = persistence::format_lasting_part(status_);
    }
    auto const text = persistence::format_status(status_, lasting_part_);
    auto const problem =
        base::cannot_write(file_->path(), file_->write(text, base::durability::none));
    log_.on_change(base::severity::warning, "status",
                   problem.empty() ? "" : problem + "; `status` and `healthcheck` know nothing");
}

void supervision::write_metrics() {
    auto const problem =
        metrics_file_.empty()
            ? std::string()
            : persistence::replace_in_foreign_place(
                  metrics_file_, metrics_.text(status_, own_use::now()), metrics::mark);
    log_.on_change(base::severity::warning, "metrics_file", problem,
                   "metrics_file is written again");
}

} // namespace trafikito::agent::daemon
