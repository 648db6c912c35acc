#include "server/cli/limits_file.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "config/assignments.hpp"
#include "config/excerpt.hpp"
#include "config/nearest.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <tuple>

namespace trafikito::server::cli {

namespace {

using config::in_quotes;
using config::parsed;
using std::chrono::seconds;

constexpr std::size_t max_file_size = 1024UL * 1024;
constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = kib * kib;
constexpr std::uint64_t tib = mib * mib;
constexpr seconds longest = std::chrono::hours(24 * 3650);

constexpr std::array levels{std::string_view("debug"), std::string_view("info"),
                            std::string_view("warning"), std::string_view("error")};

parsed<seconds> duration_in(std::string_view text, seconds minimum) {
    if (std::ranges::all_of(text, base::is_digit) && !text.empty() && text != "0") {
        auto const number = std::string(text.substr(0, 20));
        return {{}, "must have a unit: write " + number + "s, " + number + "h or " + number + "d"};
    }
    auto const found = config::parse_duration(text, minimum, longest);
    if (!found.value) {
        return {{}, found.problem};
    }
    if (*found.value % seconds(1) != seconds(0)) {
        return {{}, "must be whole seconds, not " + in_quotes(text)};
    }
    return {std::chrono::duration_cast<seconds>(*found.value), {}};
}

parsed<std::size_t> connections_in(std::string_view text) {
    auto const found = config::parse_count(text, 8, 100'000);
    return found.value ? parsed<std::size_t>{static_cast<std::size_t>(*found.value), {}}
                       : parsed<std::size_t>{{}, found.problem};
}

parsed<base::severity> level_in(std::string_view text) {
    auto const* const found = std::ranges::find(levels, text);
    if (found == levels.end()) {
        return {{}, "must be debug, info, warning or error, not " + in_quotes(text)};
    }
    return {static_cast<base::severity>(found - levels.begin()), {}};
}

/// 0 is no bound, as on the command line.
parsed<std::uint64_t> bound_in(std::string_view text, std::uint64_t minimum,
                               std::uint64_t maximum) {
    if (auto const none = config::parse_size(text, 0, 0); none.value) {
        return none;
    }
    auto found = config::parse_size(text, minimum, maximum);
    if (!found.value) {
        found.problem += "; 0 is no bound";
    }
    return found;
}

/// Puts the value there; or says why there is none.
template <class T>
std::string take(parsed<T> found, std::optional<T>& to) {
    to = found.value;
    return std::move(found.problem);
}

struct limit_key {
    std::string_view name;
    std::string (*read)(std::string_view text, limits& to); ///< what is wrong, to follow the name
};

constexpr std::array keys{
    limit_key{"machine_quota",
              [](std::string_view text, limits& to) {
                  return take(bound_in(text, mib, kib * tib), to.machine_quota);
              }},
    limit_key{"machine_rate",
              [](std::string_view text, limits& to) {
                  return take(bound_in(text, 64 * kib, tib), to.machine_rate);
              }},
    limit_key{"max_connections",
              [](std::string_view text, limits& to) {
                  return take(connections_in(text), to.max_connections);
              }},
    limit_key{"min_interval",
              [](std::string_view text, limits& to) {
                  return take(duration_in(text, seconds(0)), to.min_interval);
              }},
    limit_key{"keep", [](std::string_view text,
                         limits& to) { return take(duration_in(text, seconds(1)), to.keep); }},
    limit_key{"keep_values",
              [](std::string_view text, limits& to) {
                  return take(duration_in(text, seconds(1)), to.keep_values);
              }},
    limit_key{"keep_size",
              [](std::string_view text, limits& to) {
                  return take(bound_in(text, mib, kib * tib), to.keep_size);
              }},
    limit_key{"log_level",
              [](std::string_view text, limits& to) { return take(level_in(text), to.log_level); }},
};

/// What to write in place of a key that is none.
std::string known_keys(std::string_view wrong) {
    std::array<std::string_view, keys.size()> names;
    std::ranges::transform(keys, names.begin(), &limit_key::name);
    if (auto const near = config::nearest(wrong, names)) {
        return "Did you mean " + std::string(*near) + "?";
    }
    std::string all;
    for (auto const name : names) {
        all += (all.empty() ? "" : ", ") + std::string(name);
    }
    return "The keys of this file are " + all + ".";
}

/// The key is set to what stands there, or the problem is the answer.
std::optional<config::diagnostic> apply(config::assignment const& one, std::string_view file,
                                        limits& to) {
    using enum config::diagnostic::severity;
    auto const* const known = std::ranges::find(keys, one.key, &limit_key::name);
    if (known == keys.end()) {
        return config::diagnostic{error,
                                  std::string(file),
                                  one.line,
                                  one.column,
                                  "there is no limit " + in_quotes(one.key),
                                  known_keys(one.key)};
    }
    auto const problem = known->read(one.value, to);
    if (problem.empty()) {
        return std::nullopt;
    }
    return config::diagnostic{
        error, std::string(file), one.line, one.value_column, one.key + " " + problem, {}};
}

/// No limit is a secret.
void add_lines(std::string_view text, std::vector<config::diagnostic>& to) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (auto& one : to) {
        if (one.line != 0 && one.line <= lines.size()) {
            one.source = config::excerpt_of(lines[one.line - 1], one.column);
        }
    }
}

} // namespace

parsed_limits parse_limits(std::string_view text, std::string_view file) {
    auto written = config::parse_assignments(text, file);
    parsed_limits result{{}, std::move(written.diagnostics)};
    for (auto& one : result.diagnostics) {
        if (one.level == config::diagnostic::severity::warning) { // set again
            one.level = config::diagnostic::severity::error;
            one.hint = "Remove one of the two.";
        }
    }
    for (auto const& one : written.list) {
        if (result.diagnostics.size() > config::max_diagnostics) {
            break; // a file of garbage must not become a report of garbage
        }
        if (one.broken) {
            continue;
        }
        if (auto problem = apply(one, file, result.values)) {
            result.diagnostics.push_back(std::move(*problem));
        }
    }
    add_lines(text, result.diagnostics);
    // By their place; what is about the whole file (line 0) comes last.
    std::ranges::sort(result.diagnostics, {}, [](auto const& one) {
        return std::tuple(one.line == 0, one.line, one.column, one.what);
    });
    return result;
}

parsed_limits find_limits(std::filesystem::path const& file) {
    auto text = base::read_file(file, max_file_size);
    if (!text.content) {
        config::diagnostic one;
        one.file = file.string();
        one.what = "the file of limits " + (text.missing ? "is not there" : text.problem);
        one.hint = "Give --limits one that can be read.";
        return {{}, {std::move(one)}};
    }
    return parse_limits(*text.content, file.string());
}

limits read_limits(std::filesystem::path const& file) {
    auto const read = find_limits(file);
    if (!read.diagnostics.empty()) {
        std::string lines;
        std::string one_line;
        for (auto const& one : read.diagnostics) {
            lines += (lines.empty() ? "" : "\n") + one.format();
            one_line += (one_line.empty() ? "" : "; ") + one.in_one_line();
        }
        throw wrong_configuration(lines, one_line);
    }
    return read.values;
}

effective_limits limits_of(serve_options const& options, limits const& file) {
    effective_limits all;
    auto const choose = [](auto const& line, auto const& read, auto& chosen) {
        if (line) {
            chosen = *line;
        } else if (read) {
            chosen = *read;
        }
    };
    choose(options.min_interval, file.min_interval, all.min_interval);
    choose(options.keep, file.keep, all.keep);
    choose(options.keep_values, file.keep_values, all.keep_values);
    choose(options.keep_size, file.keep_size, all.keep_size);
    choose(options.machine_quota, file.machine_quota, all.machine_quota);
    choose(options.machine_rate, file.machine_rate, all.machine_rate);
    choose(options.max_connections, file.max_connections, all.max_connections);
    choose(options.log_level, file.log_level, all.log_level);
    return all;
}

} // namespace trafikito::server::cli
