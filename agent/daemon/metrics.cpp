#include "agent/daemon/metrics.hpp"

#include "base/file.hpp"
#include "base/number.hpp"
#include "net/link/failure.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

namespace trafikito::agent::daemon {

using persistence::command_record;
using persistence::daemon_status;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using step = net::link::step;

namespace {

constexpr std::array<std::string_view, 5> cycle_ends{"accepted", "too_early", "stopped",
                                                     "interrupted", "failed"};
constexpr std::array<std::string_view, 7> command_ends{
    "succeeded", "failed", "timed_out", "abandoned", "not_run", "refused", "repeated"};

enum command_end : std::size_t {
    succeeded,
    failed,
    timed_out,
    abandoned,
    not_run,
    refused,
    repeated
};

command_end end_of(cycle::command_outcome const& one) {
    using ending = cycle::command_outcome::ending;
    switch (one.end) {
    case ending::abandoned:
        return abandoned;
    case ending::not_run:
        return not_run;
    case ending::refused:
        return refused;
    case ending::repeated:
        return repeated;
    case ending::exited:
    case ending::signalled:
        break;
    }
    if (one.timed_out) {
        return timed_out;
    }
    return one.end == ending::exited && one.code == 0 ? succeeded : failed;
}

/// Families in the form that both readers understand: of a counter the name without `_total`.
class families {
public:
    void open(std::string_view name, std::string_view type, std::string_view help,
              std::string_view unit = {}) {
        name_ = name;
        describe("TYPE", type);
        if (!unit.empty()) {
            describe("UNIT", unit);
        }
        describe("HELP", help);
    }

    /// `suffix`: `_total` of a counter; `labels`: `{end="failed"}`, or nothing.
    void sample(std::string_view suffix, std::string_view labels, std::string_view value) {
        text_ += name_;
        text_ += suffix;
        text_ += labels;
        text_ += ' ';
        text_ += value;
        text_ += '\n';
    }
    void sample(std::string_view suffix, std::string_view labels, std::uint64_t value) {
        sample(suffix, labels, std::to_string(value));
    }

    std::string take() { return std::move(text_) + "# EOF\n"; }

private:
    void describe(std::string_view what, std::string_view words) {
        text_ += "# ";
        text_ += what;
        text_ += ' ';
        text_ += name_;
        text_ += ' ';
        text_ += words;
        text_ += '\n';
    }

    std::string text_;
    std::string name_;
};

/// `value` is a name of ours, or text without what would need an escape.
std::string label(std::string_view name, std::string_view value) {
    std::string text = "{";
    text += name;
    text += "=\"";
    for (char const c : value) {
        if (c == '\\' || c == '"') {
            text += '\\';
        }
        text += c == '\n' ? ' ' : c;
    }
    return text + "\"}";
}

std::string in_seconds(microseconds span) {
    constexpr std::int64_t second = 1'000'000;
    std::array<char, 48> text{};
    auto const whole = std::max<std::int64_t>(span.count(), 0);
    std::snprintf(text.data(), text.size(), "%lld.%06lld", static_cast<long long>(whole / second),
                  static_cast<long long>(whole % second));
    return text.data();
}

void add_moment(families& to, std::string_view name, std::string_view help,
                std::optional<base::timestamp> const& when) {
    if (when) {
        to.open(name, "gauge", help, "seconds");
        to.sample({}, {}, in_seconds(when->wall));
    }
}

template <std::size_t Size>
void add_counts(families& to, std::array<std::string_view, Size> const& ends,
                std::array<std::uint64_t, Size> const& counts) {
    for (std::size_t at = 0; at < Size; ++at) {
        to.sample("_total", label("end", ends.at(at)), counts.at(at));
    }
}

void add_spool(families& to, daemon_status const& status) {
    to.open("trafikito_spool_reports", "gauge", "Reports that the API has not accepted yet.");
    to.sample({}, {}, status.reports_waiting);
    to.open("trafikito_spool_bytes", "gauge", "Size of these reports.", "bytes");
    to.sample({}, {}, status.bytes_waiting);
    add_moment(to, "trafikito_spool_oldest_timestamp_seconds", "When the oldest of them was made.",
               status.waiting_since);
}

std::int64_t code_of(command_record const& one) {
    constexpr std::int64_t signalled = 128; // as a shell says it
    return one.end == "exited" ? one.code : signalled + one.code;
}

void add_commands(families& to, std::vector<command_record> const& all) {
    auto const shown = std::min(all.size(), most_series);
    auto const each = [&](auto&& add) {
        for (std::size_t at = 0; at < shown; ++at) {
            if (all[at].runs != 0) {
                add(all[at], label("command", all[at].name));
            }
        }
    };
    to.open("trafikito_command_exit_code", "gauge",
            "Exit code of the last run; 128 and the signal that ended it.");
    each([&](command_record const& one, std::string const& name) {
        to.sample({}, name, std::to_string(code_of(one)));
    });
    to.open("trafikito_command_duration_seconds", "gauge", "Duration of the last run.", "seconds");
    each([&](command_record const& one, std::string const& name) {
        to.sample({}, name, in_seconds(one.last));
    });
    to.open("trafikito_command_runs", "counter", "Runs of one command.");
    each([&](command_record const& one, std::string const& name) {
        to.sample("_total", name, one.runs);
    });
    to.open("trafikito_command_series_left_out", "gauge",
            "Commands that have no series of their own, since there are too many.");
    to.sample({}, {}, all.size() - shown);
}

} // namespace

own_use own_use::now() {
    own_use used;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) {
        for (auto const& time : {usage.ru_utime, usage.ru_stime}) {
            used.processor += std::chrono::seconds(time.tv_sec) + microseconds(time.tv_usec);
        }
    }
    constexpr std::size_t limit = 256;
    auto const file = base::read_file("/proc/self/statm", limit); // proc(5): size resident …
    auto const text = file.content.value_or("");
    auto const begin = text.find(' ') + 1;
    auto const pages = base::number_in<std::uint64_t>(
        std::string_view(text).substr(begin, text.find(' ', begin) - begin));
    used.resident = pages.value_or(0) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return used;
}

metrics::metrics() {
    for (auto const at : {step::address, step::resolve, step::connect, step::proxy, step::handshake,
                          step::send, step::wait, step::receive, step::answer}) {
        failed_steps_.emplace(net::link::name_of(at), 0); // a series begins with 0
    }
}

void metrics::note(cycle::cycle_outcome const& outcome) {
    ++cycles_.at(static_cast<std::size_t>(outcome.end));
    ++ended_;
    in_cycles_ += outcome.took;
    if (!outcome.failed_at.empty()) {
        ++failed_steps_[outcome.failed_at];
    }
    for (auto const& one : outcome.commands) {
        ++commands_.at(end_of(one));
    }
}

std::string metrics::text(daemon_status const& status, own_use const& used) const {
    families to;
    to.open("trafikito_build_info", "gauge", "Which agent wrote this.");
    to.sample({}, label("version", status.version), 1);
    add_moment(to, "trafikito_start_timestamp_seconds", "When the agent started.", status.started);
    to.open("trafikito_interval_seconds", "gauge", "From one cycle to the next.", "seconds");
    to.sample({}, {}, in_seconds(status.interval));
    to.open("trafikito_cycles", "counter", "Cycles by how they ended.");
    add_counts(to, cycle_ends, cycles_);
    to.open("trafikito_cycles_skipped", "counter", "Cycles that were due while another one ran.");
    to.sample("_total", {}, status.skipped);
    to.open("trafikito_cycle_duration_seconds", "summary", "How long cycles took.", "seconds");
    to.sample("_count", {}, ended_);
    to.sample("_sum", {}, in_seconds(in_cycles_));
    to.open("trafikito_last_cycle_duration_seconds", "gauge", "How long the last cycle took.",
            "seconds");
    to.sample({}, {}, in_seconds(status.last_took));
    add_moment(to, "trafikito_last_cycle_timestamp_seconds", "When the last cycle ended.",
               status.cycle_ended);
    add_moment(to, "trafikito_last_accepted_timestamp_seconds",
               "When a report was last accepted in its own cycle.", status.accepted);
    to.open("trafikito_request_failures", "counter",
            "Requests for an order and with a report that came to nothing, by where they stopped.");
    for (auto const& [at, count] : failed_steps_) {
        to.sample("_total", label("step", at), count);
    }
    to.open("trafikito_commands", "counter", "What became of commands that were ordered.");
    add_counts(to, command_ends, commands_);
    add_commands(to, status.commands);
    add_spool(to, status);
    to.open("trafikito_problems", "gauge", "Problems that last, as status tells them.");
    to.sample({}, {}, status.problems.size());
    to.open("trafikito_process_cpu_seconds", "counter", "Processor time of the agent itself.",
            "seconds");
    to.sample("_total", {}, in_seconds(used.processor));
    to.open("trafikito_process_resident_memory_bytes", "gauge", "Memory of the agent itself.",
            "bytes");
    to.sample({}, {}, used.resident);
    return to.take();
}

} // namespace trafikito::agent::daemon
