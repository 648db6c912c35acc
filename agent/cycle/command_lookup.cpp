#include "agent/cycle/command_lookup.hpp"

#include <algorithm>
#include <iterator>

namespace trafikito::agent::cycle {

namespace {

std::string printable(std::string text) {
    for (char& byte : text) {
        if (static_cast<unsigned char>(byte) < 0x20 || static_cast<unsigned char>(byte) > 0x7e) {
            byte = '?';
        }
    }
    return text;
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
                        base::log& to, std::string const& forbidden) {
    wanted_commands wanted;
    std::string refused;
    auto const refuse = [&](std::size_t index, std::string const& reason) {
        all.refuse(index, reason);
        auto const name = printable(order.names[index]);
        refused += (refused.empty() ? "" : ", ") + name + " (" + reason + ")";
        wanted.refused.emplace_back(name, reason);
    };
    for (std::size_t index = 0; index < order.names.size(); ++index) {
        auto const& name = order.names[index];
        auto const* const found = net::api::valid_name(name) ? list.find(name) : nullptr;
        if (found == nullptr) {
            refuse(index, reason_against(name, list));
            continue;
        }
        if (!forbidden.empty()) {
            refuse(index, forbidden);
            continue;
        }
        auto const every = found->options.every;
        if (auto earlier = every ? cache.find(name, *every, now) : std::nullopt) {
            all.repeat(index, std::move(earlier->result), earlier->age);
            continue;
        }
        wanted.commands.push_back(to_exec(*found));
        wanted.indices.push_back(index);
        wanted.to_keep.push_back(every.has_value());
    }
    to.on_change(base::severity::warning, "refused", refused.empty() ? "" : "not run: " + refused);
    return wanted;
}

exec::command to_exec(config::command const& from) {
    auto const& options = from.options;
    return {from.name,
            from.line,
            options.timeout,
            options.max_output,
            {options.nice, options.max_memory, options.max_cpu, options.user},
            options.daemon};
}

exec::limits limits_of(config::settings const& settings) {
    return {settings.command_timeout, settings.cycle_timeout, settings.kill_grace,
            static_cast<std::size_t>(settings.max_parallel), settings.max_output};
}

} // namespace trafikito::agent::cycle
