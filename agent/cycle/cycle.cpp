#include "agent/cycle/cycle.hpp"

#include "agent/cycle/command_lookup.hpp"
#include "agent/cycle/delivery.hpp"
#include "agent/cycle/feedback_queue.hpp"
#include "agent/cycle/schedule.hpp"
#include "agent/cycle/sections.hpp"
#include "agent/cycle/widget_installer.hpp"
#include "agent/persistence/report_file.hpp"
#include "agent/persistence/stop_file.hpp"
#include "agent/persistence/strict_modes.hpp"
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

constexpr std::string_view own_version_v2 = "55"; ///< PROTOCOL.md, v2 step 5

/// For journald and JSON: what people would grep out of the line.
base::log_fields fields_of(tally const& counts, std::uint64_t bytes, milliseconds took) {
    return {{"COMMANDS", std::to_string(counts.commands)},
            {"FAILED", std::to_string(counts.failed)},
            {"STOPPED", std::to_string(counts.stopped)},
            {"NOT_RUN", std::to_string(counts.not_run)},
            {"REPORT_BYTES", std::to_string(bytes)},
            {"DURATION_MS", std::to_string(took.count())}};
}

class cycle {
public:
    explicit cycle(cycle_tools with)
        : with_(with), begun_(with.time.steady_now()),
          delivery_({with.settings, with.api, with.time, with.log, with.journal, with.record}),
          feedback_(with.api, with.time, with.log, with.feedback) {}

    asio::awaitable<cycle_outcome> run();

private:
    asio::awaitable<void> run_steps();
    asio::awaitable<std::optional<net::api::order>> ask();
    std::optional<net::api::order> take(net::api::order_answer&& answer);
    std::optional<net::api::order> take_last_order();
    asio::awaitable<void> gather(net::api::order const& order, persistence::report_file& report);
    void write_report(sections& all, persistence::report_file& report);
    void keep(net::api::order const& order, persistence::report_file& report);
    asio::awaitable<void> send(persistence::report_file const& report);
    asio::awaitable<void> send_late();
    asio::awaitable<void> install_widgets(net::api::order const& order);

    void read_command_list();
    void check_modes();
    void note_answer();
    void no_order(std::string what, std::string hint = {});
    void note_offers(net::api::order const& order);
    void end_with(net::link::failure const& why, std::string_view consequence,
                  std::string_view relief);
    void save(persistence::state const& value);
    [[nodiscard]] milliseconds elapsed() const;
    [[nodiscard]] base::clock::steady_time end() const { return begun_ + with_.settings.interval; }

    cycle_tools with_;
    base::clock::steady_time begun_;
    delivery delivery_;
    config::command_list list_;
    std::string forbidden_;   ///< why no command may run; empty when they may
    bool unanswered_ = false; ///< the API gave no answer to the question for an order
    tally counts_;
    feedback_queue feedback_;
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
    auto lasting = with_.lasting.value();
    lasting.last_cycle = std::chrono::duration_cast<seconds>(elapsed());
    save(lasting);
    auto const& journal = with_.journal;
    outcome_.waiting = {journal.count(), journal.size(), journal.oldest_since()};
    co_return outcome_;
}

asio::awaitable<void> cycle::run_steps() {
    check_modes();
    read_command_list();
    auto order = co_await ask();
    bool const again = !order && unanswered_;
    if (again) {
        order = with_.lasting.value().last_order;
    }
    if (order) {
        persistence::report_file report(with_.settings.tmp_file);
        with_.record.ordered(order->names,
                             again ? "the API did not answer; its last order" : "order");
        co_await gather(*order, report);
        keep(*order, report);
        if (!again) {
            outcome_.delay = order->delay;
            note_offers(*order);
            co_await send(report);
        }
    }
    delivery_.tidy();
    if (outcome_.end == kind::accepted) {
        co_await send_late();
        co_await install_widgets(*order);
    }
    co_await feedback_.send(end());
}

void cycle::check_modes() {
    std::string all;
    for (auto const& one : persistence::find_loose_modes(with_.settings, ::geteuid())) {
        forbidden_ = forbidden_.empty() ? one.message() : forbidden_;
        all += (all.empty() ? "no command is run, since others could change what runs: " : "; ") +
               one.message();
    }
    with_.log.on_change(base::severity::error, "modes", all,
                        "nobody else can change what runs any more");
}

void cycle::read_command_list() {
    auto loaded = config::load_command_list(with_.settings.available_commands);
    std::string problems;
    auto const add = [&](std::vector<config::diagnostic> const& some) {
        for (auto const& one : some) {
            problems += (problems.empty() ? "" : "; ") + one.in_one_line();
        }
    };
    add(loaded.diagnostics);
    if (loaded.list) {
        list_ = std::move(*loaded.list);
        add(list_.diagnostics);
    }
    with_.log.on_change(base::severity::warning, "command list", problems);
    std::string details;
    for (auto const& line : list_.invalid_lines) {
        details += "line " + std::to_string(line.number) + ": " + line.text + "\n";
    }
    if (!details.empty()) {
        feedback_.add(net::api::invalid_commands(with_.settings.available_commands.string() + "\n" +
                                                 details));
    }
}

asio::awaitable<std::optional<net::api::order>> cycle::ask() {
    auto lasting = with_.lasting.value();
    lasting.asked_at = with_.time.stamp();
    lasting.pause = with_.settings.interval + persistence::on_the_way(with_.settings.interval);
    // Before the request: whatever happens to this process then, the API is not asked again too
    // soon.
    save(lasting);
    auto previous = lasting.last_order ? lasting.last_order->token : std::string();
    auto const until = order_limit(begun_, with_.settings.interval, with_.settings.cycle_timeout);
    auto answer = co_await with_.api.fetch_order(std::move(previous), until);
    if (answer) {
        note_answer();
        co_return take(std::move(*answer));
    }
    // v1 gives each order a token of its own: without a new one there is nothing to answer to.
    unanswered_ = answer.error().retryable && with_.lasting.value().last_order &&
                  with_.settings.version == config::api_version::v2;
    end_with(answer.error(), "no order",
             unanswered_ ? "; the last one is run and its report kept" : "");
    co_return std::nullopt;
}

// The API counts from some moment before its answer: by this one, the next question is never early.
// Saved with what it says.
void cycle::note_answer() {
    auto lasting = with_.lasting.value();
    lasting.asked_at = with_.time.stamp();
    lasting.pause = with_.settings.interval;
    with_.lasting.change(std::move(lasting));
}

std::optional<net::api::order> cycle::take(net::api::order_answer&& answer) {
    if (auto* order = std::get_if<net::api::order>(&answer)) {
        auto lasting = with_.lasting.value();
        lasting.last_order = *order;
        lasting.pause = with_.settings.interval + order->delay;
        lasting.edge = with_.api.edge();
        save(lasting);
        return std::move(*order);
    }
    if (std::holds_alternative<net::api::unchanged>(answer)) {
        return take_last_order();
    }
    if (auto const* stop = std::get_if<net::api::stop>(&answer)) {
        outcome_.end = kind::stopped;
        with_.record.stopped(stop->reason);
        auto const problem = persistence::write_stop_file(with_.settings.var_dir, stop->reason);
        outcome_.story = "stopped by the API: " + stop->reason;
        with_.log.warning(outcome_.story + "; nothing runs until " +
                          persistence::stop_file_in(with_.settings.var_dir).string() +
                          " is removed");
        if (!problem.empty()) {
            with_.log.error(problem);
        }
    } else if (auto const* error = std::get_if<net::api::api_error>(&answer)) {
        feedback_.add(net::api::api_error_received(*error));
        outcome_.end = net::api::asked_too_often(*error) ? kind::too_early : kind::failed;
        no_order("the API says " + net::api::in_words(*error),
                 outcome_.end == kind::too_early ? "asking again when the next is due" : "");
    } else if (auto const* garbage = std::get_if<net::api::not_an_order>(&answer)) {
        feedback_.add(net::api::invalid_cycle_data(garbage->what));
        no_order(garbage->what);
    }
    return std::nullopt;
}

/// `what` its answer is in place of one.
void cycle::no_order(std::string what, std::string hint) {
    net::link::failure why;
    why.peer = with_.api.answered_by();
    why.what = std::move(what);
    why.hint = std::move(hint);
    outcome_.story = "no order: " + why.message();
    with_.log.warning(outcome_.story);
}

std::optional<net::api::order> cycle::take_last_order() {
    if (auto last = with_.lasting.value().last_order) {
        last->widgets.clear(); // they came with it once
        return last;
    }
    std::string const what = "the API says that the order has not changed, but there was none";
    feedback_.add(net::api::invalid_cycle_data(what));
    no_order(what);
    return std::nullopt;
}

asio::awaitable<void> cycle::gather(net::api::order const& order,
                                    persistence::report_file& report) {
    sections all(section_titles(order));
    auto wanted =
        look_up(order, list_, with_.cache, with_.time.steady_now(), all, with_.log, forbidden_);
    for (auto const& [name, reason] : wanted.refused) {
        with_.record.refused(name, reason);
    }
    with_.log.debug("order: " + base::count_of(order.names.size(), "command") + ", " +
                    std::to_string(wanted.commands.size()) + " of them to run");
    auto const directory = with_.settings.tmp_file.parent_path();
    auto const ended = [&](std::size_t index, exec::result&& result) {
        with_.log.debug(describe(result));
        with_.record.ran(describe(result));
        if (wanted.to_keep[index]) {
            with_.cache.keep(result, with_.time.steady_now() - result.wall, directory);
        }
        all.finish(wanted.indices[index], std::move(result));
    };
    exec::run_tools const tools{with_.over, directory};
    auto const within = limits_of(with_.settings);
    co_await exec::run_all(std::move(wanted.commands), with_.around, within, tools, ended);
    counts_ = all.counts();
    outcome_.results = all.results();
    write_report(all, report);
}

void cycle::write_report(sections& all, persistence::report_file& report) {
    std::uint64_t list_size = 0;
    for (auto const& line : list_.valid_lines) {
        list_size += line.size() + 1;
    }
    all.fit(with_.settings.max_report, list_size);
    all.write(report.writer());
    report.writer().available_commands(list_.valid_lines);
    with_.log.on_change(
        base::severity::warning, "tmp_file",
        report.problem().empty() ? "" : "the report is gathered in memory: " + report.problem(),
        "the report is gathered on the disk again");
}

void cycle::keep(net::api::order const& order, persistence::report_file& report) {
    delivery_.keep(report, {persistence::random_uuid(), order.token, with_.time.stamp(),
                            with_.lasting.value().last_cycle, outcome_.results});
}

asio::awaitable<void> cycle::send(persistence::report_file const& report) {
    auto const sent = co_await delivery_.send(report, end());
    if (sent) {
        outcome_.end = kind::accepted;
        with_.log.on_change(base::severity::info, "refusal", "");
        with_.log.forget_repeats("no order: ");
        with_.log.forget_repeats("report not delivered ");
        outcome_.story = "report accepted: " + describe(counts_) + ", " +
                         base::in_bytes(report.size()) + " in " + base::in_seconds(elapsed());
        outcome_.report_size = report.size();
        co_return;
    }
    if (sent.error().status != 0) {
        feedback_.add(net::api::report_not_accepted(sent.error().what));
    }
    end_with(sent.error(), "report not delivered (" + describe(counts_) + ")",
             delivery_.kept() ? "; it is kept and sent later" : "; it is lost");
}

asio::awaitable<void> cycle::send_late() {
    co_await delivery_.send_late(end());
    if (auto const count = delivery_.late_sent(); count != 0) {
        outcome_.story += "; " + base::count_of(count, "late report") + " delivered, " +
                          std::to_string(with_.journal.count()) + " wait";
    }
    with_.log.info(outcome_.story, fields_of(counts_, outcome_.report_size, elapsed()));
}

asio::awaitable<void> cycle::install_widgets(net::api::order const& order) {
    if (!with_.settings.allow_widgets || !forbidden_.empty()) {
        co_return;
    }
    widget_tools const tools{with_.settings, with_.around, with_.api,   with_.time,
                             with_.log,      with_.over,   with_.record};
    widget_installer installer(tools, end());
    auto told = co_await installer.install(order.widgets);
    for (auto& what : told) {
        feedback_.add(std::move(what));
    }
}

void cycle::note_offers(net::api::order const& order) {
    bool const offered = !order.version.empty() && order.version != own_version_v2;
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

void cycle::end_with(net::link::failure const& why, std::string_view consequence,
                     std::string_view relief) {
    outcome_.story = std::string(consequence) + ": " + why.message() + std::string(relief);
    auto const& message = outcome_.story;
    // A refusal stays one until somebody mends it: said once, until it changes.
    if (why.status >= 400 && !why.retryable) {
        with_.log.on_change(base::severity::error, "refusal", message);
    } else {
        with_.log.warning(message);
    }
}

void cycle::save(persistence::state const& value) {
    auto const problem = with_.lasting.save(value);
    with_.log.on_change(
        base::severity::warning, "state",
        problem.empty() ? "" : problem + "; after a restart the API may be asked too early",
        "the agent's state is on the disk again");
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
