#include "agent/cli/measured.hpp"

#include "agent/persistence/digest.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace trafikito::agent::cli {

using std::chrono::milliseconds;
using ending = exec::result::ending;

namespace {

constexpr std::size_t digest_size = 16;

std::string digest_of(exec::capture const& output) {
    std::string text;
    auto const add = [&text](std::string_view piece) { text += piece; };
    output.head(add);
    output.tail(add);
    return persistence::digest_of(text, digest_size);
}

std::string ended_in_words(exec::result const& ended, milliseconds allowed, bool interrupted) {
    std::string words;
    switch (ended.end) {
    case ending::exited:
        words = "exit " + std::to_string(ended.code);
        break;
    case ending::not_started:
        return ended.kept_back == exec::result::hindrance::interrupted ? "not run: interrupted"
                                                                       : "not run: " + ended.reason;
    case ending::signalled:
    case ending::abandoned:
        words = describe_ending(ended);
        break;
    }
    if (ended.stopped) {
        words = (interrupted            ? "interrupted, "
                 : ended.wall < allowed ? "cycle_timeout was over, "
                                        : "timed out, ") +
                words;
    }
    return words;
}

outcome outcome_of(exec::result const& ended, bool interrupted) {
    if (ended.end == ending::not_started) {
        return outcome::not_run;
    }
    if (ended.stopped) {
        return interrupted ? outcome::interrupted : outcome::stopped;
    }
    return ended.end == ending::exited && ended.code == 0 ? outcome::well : outcome::failed;
}

/// Cells of equal width: the first two to the left, the last as long as it is, others to the right.
std::vector<std::string> in_columns(std::vector<std::vector<std::string>> const& rows,
                                    std::size_t to_the_left) {
    std::vector<std::size_t> widths;
    for (auto const& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t at = 0; at < row.size(); ++at) {
            widths[at] = std::max(widths[at], row[at].size());
        }
    }
    std::vector<std::string> lines;
    for (auto const& row : rows) {
        std::string line;
        for (std::size_t at = 0; at < row.size(); ++at) {
            std::string const blanks(widths[at] - row[at].size(), ' ');
            line += at == 0 ? "" : "  ";
            line += at < to_the_left ? row[at] + blanks : blanks + row[at];
        }
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string memory_in_words(measured const& run) {
    return (run.memory_is_bound ? "<= " : "") + base::in_bytes(run.memory);
}

std::string output_in_words(measured const& run) {
    auto const seen = base::in_bytes(run.bytes_seen);
    return run.bytes_kept == run.bytes_seen ? seen : base::in_bytes(run.bytes_kept) + " of " + seen;
}

std::string remarks_of(measured const& run) {
    std::string words;
    if (run.left_behind != 0) {
        words = std::to_string(run.left_behind) + " left behind and killed";
    }
    if (run.unkillable != 0) {
        words += (words.empty() ? "" : ", ") + std::to_string(run.unkillable) +
                 " left behind that cannot be killed";
    }
    return words;
}

std::vector<std::string> row_of(named_runs const& one) {
    auto const& run = one.runs.front();
    if (run.end == outcome::not_run) {
        return {one.name, "not run"};
    }
    std::vector<std::string> row{one.name,
                                 run.ended,
                                 base::in_seconds(run.wall),
                                 base::in_seconds(run.cpu),
                                 memory_in_words(run),
                                 output_in_words(run)};
    if (auto remarks = remarks_of(run); !remarks.empty()) {
        row.push_back(std::move(remarks));
    }
    return row;
}

/// Least, median and most of what `of` says of each.
template <class Of>
auto spread(std::vector<measured> const& runs, Of of) {
    std::vector<decltype(of(runs.front()))> values;
    std::ranges::transform(runs, std::back_inserter(values), of);
    std::ranges::sort(values);
    auto const middle = values.size() / 2;
    auto const median =
        values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return std::array{values.front(), median, values.back()};
}

template <class Spread, class Words>
std::vector<std::string> spread_row(std::string name, Spread const& values, Words words) {
    return {std::move(name), words(values[0]), words(values[1]), words(values[2])};
}

bool is_well(named_runs const& one) {
    return std::ranges::all_of(one.runs, [](measured const& run) {
        return run.end == outcome::well && run.unkillable == 0;
    });
}

/// What a command is counted as: the worst of its runs.
outcome worst_of(named_runs const& one) {
    auto const worst = std::ranges::max_element(one.runs, {}, &measured::end);
    return worst == one.runs.end() ? outcome::not_run : worst->end;
}

} // namespace

measured measure(exec::result const& ended, milliseconds allowed, bool interrupted) {
    return {.end = outcome_of(ended, interrupted),
            .ended = ended_in_words(ended, allowed, interrupted),
            .wall = ended.wall,
            .cpu = ended.cpu,
            .memory = ended.peak_memory,
            .memory_is_bound = ended.peak_memory_is_bound,
            .bytes_seen = ended.output.bytes_seen(),
            .bytes_kept = ended.output.bytes_kept(),
            .left_behind = ended.leftovers_killed,
            .unkillable = ended.unkillable,
            .digest = digest_of(ended.output)};
}

measured not_run(std::string const& reason) {
    measured nothing;
    nothing.ended = "not run: " + reason;
    return nothing;
}

std::vector<table_line> table_of(std::vector<named_runs> const& commands) {
    std::vector<std::vector<std::string>> rows{
        {"COMMAND", "ENDED", "TIME", "CPU", "MEMORY", "OUTPUT"}};
    std::ranges::transform(commands, std::back_inserter(rows), row_of);
    constexpr std::size_t to_the_left = 2;
    auto lines = in_columns(rows, to_the_left);
    std::vector<table_line> table{{std::move(lines.front()), false}};
    for (std::size_t at = 0; at < commands.size(); ++at) {
        table.push_back({std::move(lines[at + 1]), !is_well(commands[at])});
    }
    return table;
}

std::string endings_of(std::vector<measured> const& runs) {
    std::vector<std::pair<std::string, std::size_t>> counts; // in the order of their first
    std::set<std::string> outputs;
    for (auto const& run : runs) {
        auto const same = std::ranges::find(counts, run.ended, [](auto& one) { return one.first; });
        ++(same == counts.end() ? counts.emplace_back(run.ended, 0) : *same).second;
        if (run.end != outcome::not_run) {
            outputs.insert(run.digest);
        }
    }
    auto text = base::count_of(runs.size(), "run") + ": ";
    for (std::size_t at = 0; at < counts.size(); ++at) {
        text += (at == 0 ? "" : ", ") + counts[at].first +
                (counts.size() == 1 ? "" : " in " + std::to_string(counts[at].second));
    }
    if (outputs.size() > 1) {
        text += "; " + std::to_string(outputs.size()) + " different outputs";
    } else if (!outputs.empty() && runs.size() > 1) {
        text += "; the same output each time";
    }
    return text;
}

std::vector<std::string> spread_of(std::vector<measured> const& runs) {
    std::vector<measured> ran;
    std::ranges::copy_if(runs, std::back_inserter(ran),
                         [](auto const& run) { return run.end != outcome::not_run; });
    if (ran.empty()) {
        return {};
    }
    bool const bound = std::ranges::any_of(ran, &measured::memory_is_bound);
    auto const wall = [](auto const& run) { return run.wall; };
    auto const cpu = [](auto const& run) { return run.cpu; };
    auto const memory = [](auto const& run) { return run.memory; };
    auto const seen = [](auto const& run) { return run.bytes_seen; };
    std::vector<std::vector<std::string>> const rows{
        {"", "least", "median", "most"},
        spread_row("time", spread(ran, wall), base::in_seconds),
        spread_row("processor time", spread(ran, cpu), base::in_seconds),
        spread_row(bound ? "memory, at most" : "memory", spread(ran, memory), base::in_bytes),
        spread_row("output", spread(ran, seen), base::in_bytes)};
    return in_columns(rows, 1);
}

std::string summary_of(std::vector<named_runs> const& commands) {
    std::map<outcome, std::size_t> counts;
    for (auto const& one : commands) {
        ++counts[worst_of(one)];
    }
    auto text = base::count_of(commands.size(), "command");
    constexpr std::array<std::pair<outcome, std::string_view>, 5> words{
        {{outcome::well, " well"},
         {outcome::failed, " failed"},
         {outcome::stopped, " timed out"},
         {outcome::interrupted, " interrupted"},
         {outcome::not_run, " not run"}}};
    bool first = true;
    for (auto const& [what, in_words] : words) {
        if (counts[what] != 0) {
            text += std::exchange(first, false) ? ": " : ", ";
            text += std::to_string(counts[what]);
            text += in_words;
        }
    }
    return text;
}

bool all_well(std::vector<named_runs> const& commands) {
    return std::ranges::all_of(commands, is_well);
}

} // namespace trafikito::agent::cli
