#include "exec/first_sight.hpp"

namespace trafikito::exec {

std::optional<process_info> first_sight::look_at(pid_t pid) {
    auto seen = exec::look_at(pid);
    if (seen) {
        auto& started = started_.try_emplace(pid, seen->started).first->second;
        if (started != 0 && !seen->hidden) {
            started = seen->started; // it may be another one by now
        }
        seen->started = started;
    }
    return seen;
}

void first_sight::forget_all_but(std::set<pid_t> const& processes) {
    std::erase_if(started_, [&](auto const& one) { return !processes.contains(one.first); });
}

} // namespace trafikito::exec
