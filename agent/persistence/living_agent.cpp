#include "agent/persistence/living_agent.hpp"

#include "agent/persistence/instance_lock.hpp"
#include "base/ascii.hpp"
#include "base/number.hpp"
#include "exec/process_info.hpp"

#include <algorithm>
#include <string>

namespace trafikito::agent::persistence {

namespace {

bool is_writer(exec::process_info const& seen, daemon_status const& value) {
    return !seen.hidden && !seen.ended() && seen.started == value.start_ticks;
}

} // namespace

std::optional<living_agent> find_living(daemon_status const& value,
                                        std::filesystem::path const& var_dir) {
    if (value.ended || value.pid <= 0) {
        return std::nullopt;
    }
    auto const pid = static_cast<pid_t>(value.pid);
    auto const named = exec::look_at(pid);
    if (named && is_writer(*named, value)) {
        return living_agent{pid};
    }
    if (auto const holder = holder_of_directory(var_dir)) {
        auto const seen = exec::look_at(*holder);
        if (seen && seen->hidden) { // hidepid (proc(5)): only /proc/locks tells of it
            return living_agent{*holder};
        }
        return seen && is_writer(*seen, value) ? std::optional(living_agent{*holder})
                                               : std::nullopt;
    }
    switch (try_directory(var_dir)) {
    case lock_trial::held:
        return living_agent{};
    case lock_trial::free:
        return std::nullopt;
    case lock_trial::unknown:
        break;
    }
    // A process that may not be looked at has that number: it may be the agent.
    return named && named->hidden ? std::optional(living_agent{}) : std::nullopt;
}

std::optional<uid_t> user_of(pid_t pid) {
    auto const status = exec::read_proc("/proc/" + std::to_string(pid) + "/status");
    auto const all = base::trim(exec::field_of_status(status, "Uid")); // real, effective, ...
    auto const rest = all.substr(std::min(all.find_first_of(" \t"), all.size()));
    auto const effective = base::trim(rest);
    return base::number_in<uid_t>(effective.substr(0, effective.find_first_of(" \t")));
}

} // namespace trafikito::agent::persistence
