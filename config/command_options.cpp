#include "config/command_options.hpp"

#include "base/ascii.hpp"
#include "config/manual_page.hpp"
#include "config/nearest.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trafikito::config {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds day = std::chrono::hours(24);
constexpr std::uint64_t mib = std::uint64_t{1024} * 1024;

/// Takes the value over; the problem where there is none, to be written behind the option's name.
template <class T, class U>
std::string assign(parsed<T> const& from, U& to) {
    if (from.value) {
        to = static_cast<T>(*from.value);
    }
    return from.problem;
}

std::string set_timeout(std::string_view value, command_options& to) {
    return assign(parse_duration(value, milliseconds(100), day), to.timeout);
}

std::string set_max_output(std::string_view value, command_options& to) {
    return assign(parse_size(value, 1024, 256 * mib), to.max_output);
}

std::string set_every(std::string_view value, command_options& to) {
    return assign(parse_duration(value, milliseconds(1000), 365 * day), to.every);
}

std::string set_nice(std::string_view value, command_options& to) {
    auto const number = parse_count(value, -20, 19);
    if (number.value) {
        to.nice = static_cast<int>(*number.value);
    }
    return number.problem;
}

/// Measured: a shell needs 3 MiB of address space, ps and awk up to 10.
constexpr std::uint64_t too_little_memory = 4 * mib;
constexpr std::uint64_t hardly_any_memory = 12 * mib;

std::string set_max_memory(std::string_view value, command_options& to) {
    return assign(parse_size(value, mib, 16 * mib * mib), to.max_memory);
}

std::string set_max_cpu(std::string_view value, command_options& to) {
    auto const time = parse_duration(value, milliseconds(1000), day);
    if (time.value) {
        to.max_cpu = std::chrono::ceil<std::chrono::seconds>(*time.value);
    }
    return time.problem;
}

std::string set_user(std::string_view value, command_options& to) {
    if (!base::is_user_name(value)) {
        return "must be the name or number of a user, not " + in_quotes(value);
    }
    to.user = std::string(value);
    return {};
}

std::string set_daemon(std::string_view value, command_options& to) {
    return assign(parse_yes_no(value), to.daemon);
}

struct option {
    std::string_view name;
    std::string (*set)(std::string_view value, command_options& to);
    std::string_view values;      ///< what may stand in it
    std::string_view description; ///< for the manual: whole sentences
};

constexpr std::array known{
    option{"timeout", set_timeout, "100ms to 24h",
           "How long it may run, in place of the setting command_timeout."},
    option{"max_output", set_max_output, "1KiB to 256MiB",
           "How much of its output is kept, in place of the setting of that name."},
    option{"every", set_every, "1s to 365d",
           "Run at most that often; in between the last result is sent again, with its age."},
    option{"nice", set_nice, "-20 to 19", "Its priority (nice(1)); below 0 needs root."},
    option{"max_memory", set_max_memory, "1MiB to 16TiB",
           "The most address space of each of its processes (RLIMIT_AS)."},
    option{"max_cpu", set_max_cpu, "1s to 24h",
           "The most processor time of each of its processes (RLIMIT_CPU), in whole seconds."},
    option{"user", set_user, "name or number of a user",
           "Run as that user, which only an agent that is root can."},
    option{"daemon", set_daemon, "yes or no",
           "What it leaves running is meant to stay. Otherwise that is killed when the command "
           "ends, in whatever group or session it is."}};

void warn_of_unknown(std::string_view name, std::size_t line, std::size_t column,
                     diagnostic_sink& diagnostics) {
    std::array<std::string_view, known.size()> names;
    std::ranges::transform(known, names.begin(), &option::name);
    auto const near = diagnostics.full() ? std::nullopt : nearest(name, names);
    diagnostics.warning(line, column, "unknown option " + in_quotes(name) + "; it has no effect",
                        near ? "Did you mean " + std::string(*near) + "?"
                             : "Options are timeout, max_output, every, nice, max_memory, max_cpu, "
                               "user and daemon.");
}

void warn_of_little_memory(std::uint64_t memory, std::size_t line, std::size_t column,
                           diagnostic_sink& diagnostics) {
    if (memory < hardly_any_memory) {
        diagnostics.warning(line, column,
                            "max_memory=" + format_size(memory) +
                                (memory < too_little_memory
                                     ? " is too small to start anything, even a shell"
                                     : " is too small to start many a program") +
                                ": it counts the whole address space, libraries among it",
                            "Write max_memory=64MiB or more.");
    }
}

/// Reads one `name=value`; why it cannot be read, or nothing.
std::string read_option(std::string_view text, std::size_t line, std::size_t column,
                        command_options& options, diagnostic_sink& diagnostics) {
    auto const equals = std::min(text.find('='), text.size());
    auto const name = text.substr(0, equals);
    auto const found = std::ranges::find(known, name, &option::name);
    if (found == known.end()) {
        warn_of_unknown(name, line, column, diagnostics);
        return {};
    }
    if (equals == text.size()) {
        auto problem = "option " + std::string(name) + " has no value";
        diagnostics.error(line, column, problem + "; the command is not run",
                          "Write " + std::string(name) + "=VALUE, without blanks.");
        return problem;
    }
    auto problem = found->set(text.substr(equals + 1), options);
    if (problem.empty() && name == "max_memory") {
        warn_of_little_memory(options.max_memory.value_or(hardly_any_memory), line,
                              column + equals + 1, diagnostics);
    }
    if (!problem.empty()) {
        problem = "option " + std::string(name) + ' ' + problem;
        diagnostics.error(line, column + equals + 1, problem + "; the command is not run",
                          "Mend the option or remove it.");
    }
    return problem;
}

} // namespace

std::string parse_command_options(std::string_view text, std::size_t line, std::size_t column,
                                  command_options& options, diagnostic_sink& diagnostics) {
    std::string first_problem;
    for (std::size_t at = 0; at < text.size();) {
        if (base::is_space(text[at])) {
            ++at;
            continue;
        }
        auto end = at;
        while (end < text.size() && !base::is_space(text[end])) {
            ++end;
        }
        auto problem =
            read_option(text.substr(at, end - at), line, column + at, options, diagnostics);
        if (first_problem.empty()) {
            first_problem = std::move(problem);
        }
        at = end;
    }
    return first_problem;
}

bool are_command_options(std::string_view text) {
    bool any = false;
    for (text = base::trim_white_space(text); !text.empty(); text = base::trim_white_space(text)) {
        auto const end = std::min(
            static_cast<std::size_t>(std::ranges::find_if(text, base::is_space) - text.begin()),
            text.size());
        auto const word = text.substr(0, end);
        text.remove_prefix(end);
        auto const equals = std::min(word.find('='), word.size());
        auto const found = std::ranges::find(known, word.substr(0, equals), &option::name);
        command_options unused;
        if (found == known.end() || equals == word.size() ||
            !found->set(word.substr(equals + 1), unused).empty()) {
            return false;
        }
        any = true;
    }
    return any;
}

std::string describe_command_options_man() {
    std::string result;
    for (auto const& one : known) {
        result += ".TP\n\\fB" + roff(one.name) + "=\\fR" + roff(one.values) + '\n' +
                  roff(one.description) + '\n';
    }
    return result;
}

} // namespace trafikito::config
