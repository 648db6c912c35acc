#include "agent/cycle/command_lookup.hpp"

#include "agent/cycle/shortfall.hpp"
#include "base/printable.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace trafikito::agent::cycle {

namespace {

constexpr std::size_t named_at_most = 20; ///< of those with the same reason

/// A name of the order as it is shown: what is no name may be anything.
std::string printable(std::string const& name) {
    return base::one_line(name);
}

/// Why the list holds no such command to run.
refused_name reason_against(std::string const& name, local_list const& list) {
    refused_name refusal{.name = printable(name), .reason = {}, .offered = true};
    if (!net::api::valid_name(name)) {
        refusal.reason = "not a name of a command";
        refusal.offered = false;
    } else if (!list.unread.empty()) {
        refusal.reason = list.unread;
    } else if (auto const* refused = list.commands->find_refused(name)) {
        refusal.reason = refused->reason;
    } else {
        refusal.reason = "no such command in available_commands.sh";
        refusal.offered = false;
    }
    return refusal;
}

/// `a, b (REASON), c (REASON)`
std::string in_words(std::vector<refused_name> const& refused) {
    std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;
    for (auto const& one : refused) {
        auto const same =
            std::ranges::find(by_reason, one.reason, [](auto const& group) { return group.first; });
        auto& into = same == by_reason.end()
                         ? by_reason.emplace_back(one.reason, std::vector<std::string>())
                         : *same;
        into.second.push_back(one.name);
    }
    std::string text;
    for (auto const& [reason, names] : by_reason) {
        text += (text.empty() ? "" : ", ") + some_of(names, named_at_most) + " (" + reason + ")";
    }
    return text;
}

} // namespace

std::vector<std::string> section_titles(net::api::order const& order) {
    std::vector<std::string> titles;
    std::ranges::transform(order.names, std::back_inserter(titles), printable);
    return titles;
}

wanted_commands look_up(net::api::order const& order, local_list const& list,
                        result_cache const& cache, base::clock::steady_time now, sections& all,
                        base::log& log) {
    wanted_commands wanted;
    auto const refuse = [&](std::size_t index, refused_name refusal) {
        all.refuse(index, refusal.reason);
        wanted.refused.push_back(std::move(refusal));
    };
    for (std::size_t index = 0; index < order.names.size(); ++index) {
        auto const& name = order.names[index];
        auto const* const found = net::api::valid_name(name) ? list.commands->find(name) : nullptr;
        if (!list.forbidden.empty()) { // first: of a list that must not be read nothing is known
            refuse(index, {.name = printable(name), .reason = list.forbidden, .offered = true});
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
    log.on_change(base::severity::warning, "refused",
                  wanted.refused.empty() ? "" : "not run: " + in_words(wanted.refused));
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
