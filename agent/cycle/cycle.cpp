#include "agent/cycle/cycle.hpp"

#include "agent/cycle/command_lookup.hpp"
#include "agent/cycle/delivery.hpp"
#include "agent/cycle/feedback_queue.hpp"
#include "agent/cycle/order_question.hpp"
#include "agent/cycle/request_failure.hpp"
#include "agent/cycle/schedule.hpp"
#include "agent/cycle/sections.hpp"
#include "agent/cycle/shortfall.hpp"
#include "agent/cycle/turns.hpp"
#include "agent/cycle/widget_installer.hpp"
#include "agent/persistence/report_file.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/number.hpp"
#include "base/units.hpp"
#include "config/load.hpp"
#include "exec/run_all.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <unistd.h>

namespace trafikito::agent::cycle {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using kind = cycle_outcome::kind;

namespace {

constexpr std::string_view own_version_v2 = "55"; ///< doc/protocol.md, "v2", step 5

/// For journald and JSON: what people would grep out of the line.
base::log_fields fields_of(tally const& counts, std::uint64_t bytes, milliseconds took) {
    return {{"COMMANDS", std::to_string(counts.commands)},
            {"FAILED", std::to_string(counts.failed)},
            {"STOPPED", std::to_string(counts.stopped)},
            {"NOT_RUN", std::to_string(counts.not_run)},
            {"REPORT_BYTES", std::to_string(bytes)},
            {"DURATION_MS", std::to_string(took.count())}};
}

delivery_tools for_delivery(cycle_tools const& with) {
    return {.settings = with.settings,
            .api = with.api,
            .time = with.time,
            .log = with.log,
            .spool = with.spool,
            .audit = with.audit};
}

class cycle {
public:
    explicit cycle(cycle_tools with)
        : with_(with), begun_(with.time.steady_now()), delivery_(for_delivery(with)),
          feedback_(with.api, with.time, with.log, with.feedback) {}

    asio::awaitable<cycle_outcome> run();

private:
    asio::awaitable<void> run_steps();
    asio::awaitable<order_or_end> ask();
    asio::awaitable<void> gather(net::api::order const& order, persistence::report_file& report);
    void write_report(sections& all, persistence::report_file& report);
    void keep(net::api::order const& order, persistence::report_file& report);
    asio::awaitable<void> send(persistence::report_file const& report);
    asio::awaitable<void> send_late();
    asio::awaitable<void> install_widgets(net::api::order const& order);

    void read_command_list();
    void note_commands(shortfall const& missing, turns const& turn);
    void note_offers(net::api::order const& order);
    [[nodiscard]] milliseconds elapsed() const;
    [[nodiscard]] base::clock::steady_time deadline() const {
        return begun_ + with_.settings.interval;
    }

    cycle_tools with_;
    base::clock::steady_time begun_;
    delivery delivery_;
    local_list list_;
    tally counts_;
    std::string longest_;      ///< outputs, in words
    std::string next_command_; ///< with which the next cycle is to begin
    feedback_queue feedback_;
    milliseconds asked_for_{0}; ///< until the answer came, or none
    cycle_outcome outcome_;
};

asio::awaitable<cycle_outcome> cycle::run() {
    try {
        co_await run_steps();
    } catch (boost::system::system_error const& error) {
        if (error.code() != asio::error::operation_aborted) {
            throw;
        }
        if (outcome_.end != kind::accepted) {
            outcome_.end = kind::interrupted;
            outcome_.story = "cycle ended early: the agent was asked to stop";
            outcome_.story += delivery_.kept() ? "; its report is kept" : "";
        }
        with_.log.info(outcome_.story);
    }
    (void)delivery_.settle();
    auto value = with_.state.value();
    value.last_cycle = std::chrono::duration_cast<seconds>(elapsed());
    if (outcome_.ordered && outcome_.end != kind::interrupted) {
        value.next_command = next_command_;
    }
    persistence::log_saving(with_.log, with_.state.note(std::move(value)));
    outcome_.took = elapsed();
    outcome_.answered_before_end = outcome_.took - asked_for_;
    auto const& spool = with_.spool;
    outcome_.waiting = {
        .count = spool.count(), .size = spool.size(), .since = spool.oldest_since()};
    co_return outcome_;
}

asio::awaitable<void> cycle::run_steps() {
    with_.audit.begin_cycle();
    read_command_list();
    auto const asked = co_await ask();
    asked_for_ = elapsed();
    auto const& order = asked.order;
    outcome_.answer = asked.answer;
    outcome_.failed_at = asked.failed_at;
    outcome_.end = asked.end;
    outcome_.story = asked.story;
    if (order) {
        auto const& tmp_file = with_.settings.tmp_file;
        auto unusable = delivery_.settle();
        auto spent = with_.spool.reusable(tmp_file);
        persistence::report_file report(tmp_file, std::move(unusable), std::move(spent));
        with_.audit.ordered(order->names,
                            asked.answered ? "order" : "the API did not answer; its last order");
        co_await gather(*order, report);
        keep(*order, report);
        if (asked.answered) {
            note_offers(*order);
            co_await send(report);
        }
    }
    delivery_.tidy();
    if (outcome_.end == kind::accepted) {
        co_await send_late();
        co_await install_widgets(*order);
    }
    co_await feedback_.send(deadline());
}

void cycle::read_command_list() {
    persistence::installation_watch only_now;
    auto& watch = with_.installation == nullptr ? only_now : *with_.installation;
    auto const judged = watch.judge(with_.settings, ::geteuid());
    persistence::log_verdict(with_.log, judged, with_.settings);
    list_.forbidden = judged.why_not();
    auto const loaded = watch.read_command_list(judged, with_.settings);
    std::string problems;
    auto const add = [&](std::vector<config::diagnostic> const& some) {
        for (auto const& one : some) {
            problems += (problems.empty() ? "" : "; ") + one.in_one_line();
        }
    };
    add(loaded->diagnostics);
    if (loaded->list) {
        list_.commands = {loaded, &*loaded->list};
        add(list_.commands->diagnostics);
    } else {
        list_.unread = "the list could not be read: " + problems;
    }
    if (list_.commands->commands.empty() && list_.commands->refused.empty() &&
        !list_.commands->invalid_lines.empty()) {
        list_.unread = "no line of the list is a command: " + problems;
    }
    with_.log.on_change(base::severity::warning, "command list", problems);
    std::string details;
    for (auto const& line : list_.commands->invalid_lines) {
        details += "line " + std::to_string(line.number) + ": " + line.text + "\n";
    }
    if (!details.empty()) {
        feedback_.add(net::api::invalid_commands(with_.settings.available_commands.string() + "\n" +
                                                 details));
    }
}

asio::awaitable<order_or_end> cycle::ask() {
    question_tools const tools{.settings = with_.settings,
                               .api = with_.api,
                               .log = with_.log,
                               .state = with_.state,
                               .pace = with_.pace,
                               .audit = with_.audit,
                               .feedback = feedback_};
    auto const& settings = with_.settings;
    return ask_for_order(tools, order_limit(begun_, settings.interval, settings.cycle_timeout));
}

asio::awaitable<void> cycle::gather(net::api::order const& order,
                                    persistence::report_file& report) {
    sections all(section_titles(order));
    auto wanted = look_up(order, list_, with_.cache, with_.time.steady_now(), all, with_.log);
    shortfall missing(order.names.size());
    for (auto const& one : wanted.refused) {
        with_.audit.refused(one.name, one.reason);
        if (one.offered) {
            missing.refused(one.name, one.reason);
        }
    }
    begin_with(with_.state.value().next_command, order, wanted.to_run);
    turns turn(wanted.to_run);
    with_.log.debug("order: " + base::count_of(order.names.size(), "command") + ", " +
                    std::to_string(wanted.to_run.size()) + " of them to run");
    auto const directory = with_.settings.tmp_file.parent_path();
    auto const ended = [&](std::size_t index, exec::result&& result) {
        with_.log.debug(describe(result));
        with_.audit.ran(describe(result));
        if (result.end == exec::result::ending::exited && !result.reason.empty()) {
            with_.log.warning(result.name + ": " + describe_ending(result) + ": " + result.reason);
        }
        missing.note(result);
        turn.note(index, result);
        auto const& one = wanted.to_run[index];
        if (one.keep_result) {
            with_.cache.keep(result, with_.time.steady_now() - result.wall, directory);
        }
        all.finish(one.section, std::move(result));
    };
    exec::run_tools const tools{with_.warden, directory};
    auto const within = limits_of(with_.settings);
    co_await exec::run_all(commands_of(wanted.to_run), with_.around, within, tools, ended);
    counts_ = all.counts();
    outcome_.results = all.results();
    outcome_.commands = all.outcomes();
    note_commands(missing, turn);
    write_report(all, report);
}

/// What was delivered is not yet what should have been: says so, and what would mend it.
void cycle::note_commands(shortfall const& missing, turns const& turn) {
    outcome_.ordered = true;
    next_command_ = turn.next();
    auto const late = turn.in_words(with_.settings);
    if (counts_.commands + counts_.repeated == 0) {
        auto const why = missing.all_in_words();
        outcome_.nothing_ran = why.empty() ? late : why;
        if (outcome_.nothing_ran.empty()) { // an API that is offered nothing orders nothing
            outcome_.nothing_ran = list_.forbidden.empty() ? list_.unread : list_.forbidden;
        }
    }
    bool const nothing = !outcome_.nothing_ran.empty();
    with_.log.on_change(base::severity::warning, "commands",
                        nothing ? "nothing ran: " + outcome_.nothing_ran
                                : missing.starts_in_words(),
                        "every command could be started again");
    with_.log.on_change(base::severity::warning, "turns", nothing ? "" : late,
                        "every command had its turn again");
}

void cycle::write_report(sections& all, persistence::report_file& report) {
    std::uint64_t list_size = 0;
    for (auto const& line : list_.commands->valid_lines) {
        list_size += line.size() + 1;
    }
    all.fit(with_.settings.max_report, list_size);
    longest_ = all.longest();
    all.write(report.writer());
    report.writer().available_commands(list_.commands->valid_lines);
    with_.log.on_change(
        base::severity::warning, "tmp_file",
        report.problem().empty() ? "" : "the report is gathered in memory: " + report.problem(),
        "the report is gathered on the disk again");
}

void cycle::keep(net::api::order const& order, persistence::report_file& report) {
    delivery_.keep(report, {.id = persistence::random_uuid(),
                            .token = order.token,
                            .collected = with_.time.stamp(),
                            .last_cycle = with_.state.value().last_cycle,
                            .results = outcome_.results});
}

asio::awaitable<void> cycle::send(persistence::report_file const& report) {
    auto const sent = co_await delivery_.send(report, deadline());
    if (sent) {
        outcome_.end = kind::accepted;
        log_success(with_.log);
        outcome_.story = (outcome_.nothing_ran.empty() ? "report accepted: "
                                                       : "report accepted, but nothing ran: ") +
                         describe(counts_) + ", " + base::in_bytes(report.size()) + " in " +
                         base::in_seconds(elapsed());
        outcome_.report_size = report.size();
        co_return;
    }
    outcome_.failed_at = net::link::name_of(sent.error().at);
    if (sent.error().status != 0) {
        feedback_.add(net::api::report_not_accepted(sent.error().what));
    }
    std::string relief = delivery_.kept() ? "; it is kept and sent later" : "; it is lost";
    if (sent.error().status == content_too_large) {
        relief = "; " + delivery_.in_words_too_large(report.size(), longest_);
    }
    outcome_.story = log_failure(with_.log, sent.error(),
                                 "report not delivered (" + describe(counts_) + ")", relief);
}

asio::awaitable<void> cycle::send_late() {
    co_await delivery_.send_late(deadline());
    if (auto const count = delivery_.late_sent(); count != 0) {
        outcome_.story += "; " + base::count_of(count, "late report") + " delivered, " +
                          std::to_string(with_.spool.count()) + " wait";
    }
    auto const fields = fields_of(counts_, outcome_.report_size, elapsed());
    outcome_.nothing_ran.empty() ? with_.log.info(outcome_.story, fields)
                                 : with_.log.warning(outcome_.story, fields);
}

asio::awaitable<void> cycle::install_widgets(net::api::order const& order) {
    if (!with_.settings.allow_widgets || !list_.forbidden.empty()) {
        co_return;
    }
    widget_tools const tools{.settings = with_.settings,
                             .around = with_.around,
                             .api = with_.api,
                             .time = with_.time,
                             .log = with_.log,
                             .warden = with_.warden,
                             .audit = with_.audit};
    widget_installer installer(tools, deadline());
    auto told = co_await installer.install(order.widgets);
    for (auto& what : told) {
        feedback_.add(std::move(what));
    }
}

void cycle::note_offers(net::api::order const& order) {
    bool const offered = !order.version.empty() && order.version != own_version_v2;
    auto const number = base::number_in<unsigned>(order.version);
    if (number && *number > *base::number_in<unsigned>(own_version_v2)) {
        outcome_.offered_version = order.version;
    }
    with_.log.on_change(base::severity::info, "version",
                        offered ? "the API offers agent version " + order.version +
                                      "; this agent never changes itself, packages do the upgrade"
                                : "");
    with_.log.on_change(base::severity::warning, "widgets",
                        order.widgets.empty() || with_.settings.allow_widgets
                            ? ""
                            : "refused to install " +
                                  base::count_of(order.widgets.size(), "widget") +
                                  " of the API: only the owner of this machine adds "
                                  "command lines (allow_widgets = no)");
}

milliseconds cycle::elapsed() const {
    return std::chrono::duration_cast<milliseconds>(with_.time.steady_now() - begun_);
}

} // namespace

asio::awaitable<cycle_outcome> run_cycle(cycle_tools with) {
    cycle one(with);
    co_return co_await one.run();
}

} // namespace trafikito::agent::cycle
