#include "agent/cli/status_text.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace trafikito::agent::cli {

namespace json = boost::json;
using persistence::command_record;
using persistence::daemon_status;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t widest_name = 48;
constexpr std::size_t label_width = 13;

/// Of an age, what people want to know: whole seconds, but where that would be none.
std::string span(milliseconds of) {
    return base::in_words(of < seconds(1) ? of : std::chrono::floor<seconds>(of));
}

class page {
public:
    void line(std::string label, std::string const& text) {
        label.resize(label_width, ' ');
        lines_.push_back(label + text);
    }
    void plain(std::string text) { lines_.push_back(std::move(text)); }

    std::vector<std::string> take() { return std::move(lines_); }

private:
    std::vector<std::string> lines_;
};

using row = std::vector<std::string>;

/// Columns, the first one to the left and the others to the right, two blanks between them.
void add_table(page& to, std::vector<row> const& rows) {
    std::vector<std::size_t> widths;
    for (auto const& one : rows) {
        widths.resize(std::max(widths.size(), one.size()));
        for (std::size_t at = 0; at < one.size(); ++at) {
            widths[at] = std::max(widths[at], one[at].size());
        }
    }
    for (auto const& one : rows) {
        std::string text;
        for (std::size_t at = 0; at < one.size(); ++at) {
            std::string const pad(widths[at] - one[at].size(), ' ');
            bool const left = at < 2;
            text += (at == 0 ? "" : "  ") + (left ? one[at] + pad : pad + one[at]);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        to.plain("  " + text);
    }
}

std::string last_end_of(command_record const& one) {
    if (one.end == "exited") {
        return "exit code " + std::to_string(one.code);
    }
    if (one.end == "signalled") {
        char const* const name = ::sigabbrev_np(static_cast<int>(one.code));
        return "signal " + std::to_string(one.code) +
               (name == nullptr ? "" : " (SIG" + std::string(name) + ")");
    }
    return one.end == "abandoned" ? "could not be killed" : "not run yet";
}

std::string or_dash(std::uint64_t count) {
    return count == 0 ? "-" : std::to_string(count);
}

std::string when_of(command_record const& one, daemon_status const& value,
                    base::timestamp const& now) {
    if (one.runs == 0) {
        return "-";
    }
    return now.boot == value.started.boot
               ? span(std::max(now.up - one.ran_up, milliseconds(0))) + " ago"
               : "?";
}

void add_commands(page& to, daemon_status const& value, base::timestamp const& now) {
    if (value.commands.empty()) {
        return;
    }
    std::vector<row> rows{{"command", "last", "when", "took", "usually", "runs", "failed",
                           "timed out", "cut", "not run"}};
    for (auto const& one : value.commands) {
        bool const ran = one.runs != 0;
        rows.push_back({base::for_line(one.name, widest_name), last_end_of(one),
                        when_of(one, value, now), ran ? base::in_seconds(one.last) : "-",
                        ran ? base::in_seconds(one.usual) : "-", std::to_string(one.runs),
                        or_dash(one.failed), or_dash(one.timed_out), or_dash(one.cut),
                        or_dash(one.not_run)});
    }
    to.plain("");
    add_table(to, rows);
}

std::int64_t number_in(json::object const& from, std::string_view name) {
    auto const* const value = from.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

/// What a table has no room for.
std::string remarks_on(json::object const& result) {
    if (auto const* why = result.if_contains("notRun"); why != nullptr && why->is_string()) {
        return "not run: " + base::one_line(std::string(why->get_string()));
    }
    std::string text;
    auto const add = [&](std::string_view name, std::string const& words) {
        if (auto const number = number_in(result, name); number > 0) {
            text += (text.empty() ? "" : ", ") + std::to_string(number) + words;
        }
    };
    add("leftoversKilled", " left behind and killed");
    add("unkillable", " left behind and still there");
    add("ageSeconds", " s old when it was sent again");
    return text;
}

void add_remarks(page& to, std::string const& results) {
    boost::system::error_code broken;
    auto const document = json::parse({results.data(), results.size()}, broken);
    auto const* const all = broken ? nullptr : document.if_array();
    bool first = true;
    for (auto const& one : all != nullptr ? *all : json::array()) {
        auto const* const object = one.if_object();
        auto const* const name = object != nullptr ? object->if_contains("command") : nullptr;
        auto const remarks = object != nullptr ? remarks_on(*object) : std::string();
        if (name == nullptr || !name->is_string() || remarks.empty()) {
            continue;
        }
        if (std::exchange(first, false)) {
            to.plain("");
        }
        to.plain("  " + base::for_line(std::string(name->get_string()), widest_name) + ": " +
                 remarks);
    }
}

void add_next(page& to, daemon_status const& value, base::timestamp const& now) {
    if (value.cycle_began) {
        to.line("cycle now:", "runs for " + span(value.cycle_began->age(now)));
    }
    if (value.next_cycle) {
        to.line("next cycle:", due_in_words(*value.next_cycle, now));
    }
}

std::string pace_of(daemon_status const& value) {
    auto const every = "every " + base::in_seconds(value.interval);
    return value.interval == value.configured
               ? every
               : every + " (the least that the API takes; configured is interval = " +
                     base::in_seconds(value.configured) + ")";
}

void add_counts(page& to, daemon_status const& value, base::timestamp const& now) {
    to.line("last report:",
            value.accepted ? "accepted " + ago(value.accepted, now) : "none was accepted yet");
    to.line(
        "since start:",
        base::count_of(value.cycles, "cycle") + " " + pace_of(value) + ", " +
            base::count_of(value.reports_accepted, "report") + " accepted" +
            (value.skipped == 0 ? "" : ", " + base::count_of(value.skipped, "cycle") + " skipped"));
    if (value.reports_waiting != 0) {
        to.line("waiting:", base::count_of(value.reports_waiting, "report") + ", " +
                                base::in_bytes(value.bytes_waiting) + ", the oldest from " +
                                ago(value.waiting_since, now));
    }
    if (value.in_vain > 1) {
        to.line("in vain:", "the last " + base::count_of(value.in_vain, "cycle") + ", since " +
                                ago(value.in_vain_since, now));
    }
}

void add_problems(page& to, daemon_status const& value, base::timestamp const& now) {
    for (auto const& one : value.problems) {
        to.line("problem:",
                one.message + " (since " + span(one.since.age(now)) +
                    (one.count > 1 ? ", found " + std::to_string(one.count) + " times" : "") + ")");
    }
}

} // namespace

std::vector<std::string> status_lines(daemon_status const& value,
                                      std::optional<std::string> const& stopped,
                                      base::timestamp const& now) {
    page all;
    all.plain("running: trafikito-agent " + value.version + ", process " +
              std::to_string(value.pid) + ", as server " + value.server_id + ", for " +
              span(value.started.age(now)));
    if (stopped) {
        all.plain("stopped by the API: " + *stopped);
    }
    all.line("last cycle:", last_cycle_in_words(value, now));
    add_next(all, value, now);
    if (value.answer) {
        all.line("API:", ago(value.answer->at, now) + ": " + value.answer->words);
    }
    add_counts(all, value, now);
    if (!value.offered_version.empty()) {
        all.line("version:", "the API offers agent version " + value.offered_version +
                                 "; packages do the upgrade");
    }
    add_problems(all, value, now);
    add_commands(all, value, now);
    add_remarks(all, value.results);
    return all.take();
}

std::string ago(std::optional<base::timestamp> const& when, base::timestamp const& now) {
    return when ? span(when->age(now)) + " ago" : "never";
}

milliseconds left_until(base::timestamp const& when, base::timestamp const& now) {
    return when.boot == now.boot && !now.boot.empty() ? when.up - now.up : when.wall - now.wall;
}

std::string due_in_words(base::timestamp const& when, base::timestamp const& now) {
    auto const left = left_until(when, now);
    if (left > milliseconds(0)) {
        return "in " + base::in_words(std::chrono::ceil<seconds>(left));
    }
    return left > seconds(-1) ? "now" : "overdue by " + span(-left);
}

std::string last_cycle_in_words(daemon_status const& value, base::timestamp const& now) {
    if (!value.cycle_ended) {
        return "none has ended yet";
    }
    return ago(value.cycle_ended, now) + (value.last_once ? ", one of --once" : "") +
           (value.last_took > milliseconds(0) ? ", took " + base::in_seconds(value.last_took)
                                              : "") +
           ": " + value.last_cycle;
}

} // namespace trafikito::agent::cli
