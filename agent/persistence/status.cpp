#include "agent/persistence/status.hpp"

#include "agent/persistence/record_file.hpp"
#include "exec/process_info.hpp"

#include <cerrno>
#include <csignal>

namespace trafikito::agent::persistence {

std::filesystem::path status_file_in(std::filesystem::path const& var_dir) {
    return var_dir / "trafikito.status";
}

std::optional<daemon_status> look_at_status(std::filesystem::path const& var_dir) {
    auto const file = read_recorded(status_file_in(var_dir), max_status);
    return file.content ? parse_status(*file.content) : std::nullopt;
}

std::optional<std::uint64_t> start_ticks_of(std::int64_t pid) {
    auto const seen = exec::look_at(static_cast<pid_t>(pid));
    return seen && !seen->hidden ? std::optional(seen->started) : std::nullopt;
}

bool is_running(daemon_status const& value) {
    if (value.ended || value.pid <= 0 ||
        (::kill(static_cast<pid_t>(value.pid), 0) != 0 && errno != EPERM)) {
        return false;
    }
    auto const seen = exec::look_at(static_cast<pid_t>(value.pid));
    if (!seen || seen->hidden) { // hidepid: it cannot be read, yet it is there
        return true;
    }
    return seen->started == value.start_ticks && !seen->ended();
}

} // namespace trafikito::agent::persistence
