#include "agent/cycle/sections.hpp"

#include "agent/cycle/results_field.hpp"
#include "base/units.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace trafikito::agent::cycle {

using ending = exec::result::ending;

namespace {

/// Room for what stands around one output: marker, name, the agent's own lines.
constexpr std::uint64_t around_one_section = 512;

constexpr std::size_t longest_shown = 3;

command_outcome::ending ending_of(exec::result const& ended) {
    switch (ended.end) {
    case ending::exited:
        return command_outcome::ending::exited;
    case ending::signalled:
        return command_outcome::ending::signalled;
    case ending::abandoned:
        return command_outcome::ending::abandoned;
    case ending::not_started:
        break;
    }
    return command_outcome::ending::not_run;
}

} // namespace

std::string describe(tally const& counts) {
    std::string remarks;
    auto const remark = [&](std::size_t count, std::string const& what) {
        if (count != 0) {
            remarks += (remarks.empty() ? "" : ", ") + std::to_string(count) + what;
        }
    };
    remark(counts.failed, " failed");
    remark(counts.stopped, " stopped");
    remark(counts.not_run, " not run");
    remark(counts.repeated, " sent again");
    remark(counts.leftovers, " left behind and killed");
    remark(counts.unkillable, " that cannot be killed");
    auto const text = base::count_of(counts.commands, "command");
    return remarks.empty() ? text : text + " (" + remarks + ")";
}

sections::sections(std::vector<std::string> names) {
    entries_.reserve(names.size());
    for (auto& name : names) {
        entries_.push_back({std::move(name), {}, {}, {}});
    }
}

void sections::refuse(std::size_t index, std::string reason) {
    entries_[index].refusal = std::move(reason);
    ++counts_.not_run;
}

void sections::finish(std::size_t index, exec::result&& ended) {
    count(ended);
    entries_[index].ended = std::move(ended);
}

void sections::repeat(std::size_t index, exec::result earlier, std::chrono::seconds age) {
    ++counts_.repeated;
    entries_[index].ended = std::move(earlier);
    entries_[index].age = age;
}

void sections::count(exec::result const& ended) {
    if (ended.end == ending::not_started) {
        ++counts_.not_run;
        return;
    }
    ++counts_.commands;
    counts_.leftovers += ended.leftovers_killed;
    counts_.unkillable += ended.unkillable;
    if (ended.stopped) {
        ++counts_.stopped;
    } else if (ended.end != ending::exited || ended.code != 0) {
        ++counts_.failed;
    }
}

std::optional<std::uint64_t> fair_length(std::vector<std::uint64_t> lengths, std::uint64_t budget) {
    std::ranges::sort(lengths);
    for (std::size_t done = 0; done < lengths.size(); ++done) {
        auto const share = budget / (lengths.size() - done);
        if (lengths[done] > share) {
            return share;
        }
        budget -= lengths[done];
    }
    return std::nullopt;
}

void sections::fit(std::uint64_t max_size, std::uint64_t other) {
    auto const around = other + entries_.size() * around_one_section;
    auto const room = max_size > around ? max_size - around : 0;
    // A marker in an output grows by one byte in forty when it is made harmless.
    auto const budget = room - room / 40;
    std::vector<std::uint64_t> lengths;
    lengths.reserve(entries_.size());
    for (auto const& one : entries_) {
        lengths.push_back(one.ended ? one.ended->output.bytes_kept() : 0);
    }
    if (auto const length = fair_length(std::move(lengths), budget)) {
        for (auto& one : entries_) {
            if (one.ended && one.ended->output.bytes_kept() > *length) {
                one.ended->output.narrow(*length);
            }
        }
    }
}

std::string sections::longest() const {
    std::vector<std::pair<std::uint64_t, std::string_view>> all;
    for (auto const& one : entries_) {
        if (one.ended && one.ended->output.bytes_kept() != 0) {
            all.emplace_back(one.ended->output.bytes_kept(), one.name);
        }
    }
    auto const shown = std::min(all.size(), longest_shown);
    std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(shown),
                              [](auto const& a, auto const& b) { return a.first > b.first; });
    std::string text;
    for (std::size_t at = 0; at < shown; ++at) {
        text += (at == 0 ? "" : ", ") + std::string(all[at].second) + " (" +
                base::in_bytes(all[at].first) + ")";
    }
    return text;
}

std::string sections::results() const {
    boost::json::array all;
    for (auto const& one : entries_) {
        auto object =
            one.ended ? result_to_json(*one.ended)
                      : not_run_to_json(one.name, one.refusal.empty() ? "no result" : one.refusal);
        if (one.age) {
            object["ageSeconds"] = one.age->count();
        }
        all.push_back(std::move(object));
    }
    return boost::json::serialize(all);
}

std::vector<command_outcome> sections::outcomes() const {
    std::vector<command_outcome> all;
    all.reserve(entries_.size());
    for (auto const& one : entries_) {
        auto& outcome = all.emplace_back();
        outcome.name = one.name;
        if (!one.ended) {
            continue;
        }
        outcome.end = one.age ? command_outcome::ending::repeated : ending_of(*one.ended);
        outcome.code = one.ended->code;
        outcome.took = one.ended->wall;
        outcome.timed_out = one.ended->stopped;
        outcome.cut = one.ended->output.cut();
    }
    return all;
}

void sections::write(net::api::report_writer& writer) const {
    for (auto const& one : entries_) {
        writer.open_section(one.name);
        if (one.ended) {
            write_result(writer, *one.ended);
        } else {
            writer.note("not run: " + (one.refusal.empty() ? "no result" : one.refusal));
        }
        if (one.age) {
            writer.note("from " + std::to_string(one.age->count()) + " s ago");
        }
    }
}

void write_result(net::api::report_writer& writer, exec::result const& ended) {
    if (ended.end == ending::not_started) {
        writer.note("not started: " + ended.reason);
        return;
    }
    auto const pass_on = [&writer](std::string_view piece) { writer.output(piece); };
    ended.output.head(pass_on);
    if (ended.output.cut()) {
        writer.note(std::to_string(ended.output.bytes_kept()) + " bytes kept of " +
                    std::to_string(ended.output.bytes_seen()));
        ended.output.tail(pass_on);
    }
    if (ended.unkillable != 0) {
        writer.note("left behind and not to be killed: " + std::to_string(ended.unkillable) +
                    ", still there");
    }
    if (ended.end == ending::abandoned) {
        writer.note("could not be killed; it still runs");
    }
    if (ended.stopped) {
        writer.note("stopped after " + base::in_seconds_alone(ended.wall));
    }
}

} // namespace trafikito::agent::cycle
