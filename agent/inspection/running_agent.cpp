#include "agent/inspection/running_agent.hpp"

#include "agent/persistence/living_agent.hpp"

#include <sys/stat.h>

#include <chrono>

namespace trafikito::agent::inspection {

std::optional<running_agent> find_running_agent(config::settings const& settings) {
    auto const status = persistence::look_at_status(settings.var_dir);
    auto const living = status ? persistence::find_living(*status, settings.var_dir) : std::nullopt;
    auto const user = living && living->pid != 0 ? persistence::user_of(living->pid) : std::nullopt;
    if (!user) {
        return std::nullopt;
    }
    struct stat facts{};
    bool const earlier = ::stat(settings.config_file.c_str(), &facts) == 0 &&
                         std::chrono::seconds(facts.st_mtim.tv_sec) > status->started.wall;
    return running_agent{living->pid, *user, earlier};
}

} // namespace trafikito::agent::inspection
