#include "agent/cycle/command_lookup.hpp"

#include "base/printable.hpp"

#include <algorithm>
#include <iterator>

namespace trafikito::agent::cycle {

namespace {

/// A name of the order as it is shown: what is no name may be anything.
std::string printable(std::string const& name) {
    return base::one_line(name);
}

/// Why the list holds no such command to run.
std::string reason_against(std::string const& name, config::command_list const& list) {
    if (!net::api::valid_name(name)) {
        return "not a name of a command";
    }
    if (auto const* refused = list.find_refused(name)) {
        return refused->reason;
    }
    return "no such command in available_commands.sh";
}

} // namespace

std::vector<std::string> section_titles(net::api::order const& order) {
    std::vector<std::string> titles;
    std::ranges::transform(order.names, std::back_inserter(titles), printable);
    return titles;
}

wanted_commands look_up(net::api::order const& order, config::command_list const& list,
                        result_cache const& cache, base::clock::steady_time now, sections& all,
                        base::log& log, std::string const& forbidden) {
    wanted_commands wanted;
    std::string refused;
    auto const refuse = [&](std::size_t index, std::string const& reason) {
        all.refuse(index, reason);
        auto const name = printable(order.names[index]);
        refused += (refused.empty() ? "" : ", ") + name + " (" + reason + ")";
        wanted.refused.push_back({.name = name, .reason = reason});
    };
    for (std::size_t index = 0; index < order.names.size(); ++index) {
        auto const& name = order.names[index];
        auto const* const found = net::api::valid_name(name) ? list.find(name) : nullptr;
        if (!forbidden.empty()) { // first: of a list that must not be read nothing is known
            refuse(index, forbidden);
            continue;
        }
        if (found == nullptr) {
            refuse(index, reason_against(name, list));
            continue;
        }
        auto const every = found->options.every;
        if (auto earlier = every ? cache.find(name, *every, now) : std::nullopt) {
            all.repeat(index, std::move(earlier->result), earlier->age);
            continue;
        }
        wanted.to_run.push_back(
            {.command = to_exec(*found), .section = index, .keep_result = every.has_value()});
    }
    log.on_change(base::severity::warning, "refused", refused.empty() ? "" : "not run: " + refused);
    return wanted;
}

std::vector<exec::command> commands_of(std::vector<wanted_command> const& wanted) {
    std::vector<exec::command> commands;
    std::ranges::transform(wanted, std::back_inserter(commands), &wanted_command::command);
    return commands;
}

exec::command to_exec(config::command const& from) {
    auto const& options = from.options;
    return {.name = from.name,
            .assignment = from.line,
            .timeout = options.timeout,
            .max_output = options.max_output,
            .limited = {.nice = options.nice,
                        .max_memory = options.max_memory,
                        .max_cpu = options.max_cpu,
                        .user = options.user},
            .daemon = options.daemon};
}

exec::limits limits_of(config::settings const& settings) {
    return {.command_timeout = settings.command_timeout,
            .cycle_timeout = settings.cycle_timeout,
            .kill_grace = settings.kill_grace,
            .max_parallel = static_cast<std::size_t>(settings.max_parallel),
            .max_output = settings.max_output};
}

} // namespace trafikito::agent::cycle
