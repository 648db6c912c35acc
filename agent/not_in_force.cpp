#include "agent/not_in_force.hpp"

#include <string_view>

namespace trafikito::agent {

std::string settings_not_in_force(config::settings const& settings) {
    config::settings const defaults;
    std::string names;
    auto const name_if = [&names](bool set, std::string_view name) {
        if (set) {
            names += (names.empty() ? "" : ", ") + std::string(name);
        }
    };
    name_if(settings.spool_max_size != defaults.spool_max_size, "spool_max_size");
    name_if(settings.spool_max_age != defaults.spool_max_age, "spool_max_age");
    return names.empty() ? names : names + ": set, but not in force in this version";
}

} // namespace trafikito::agent
