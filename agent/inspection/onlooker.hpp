#pragma once
// Whose eyes `check` looks with.

#include "config/settings.hpp"
#include "exec/user.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace trafikito::agent::inspection {

/// Who looks, in words and for chmod(1).
struct onlooker {
    std::string name; ///< `nobody`
    std::string group;
    uid_t uid = 0;
    gid_t gid = 0;
};

onlooker onlooker_of(exec::user const& user);

/// Whom the daemon becomes: that of run_as, else who asks; nothing when run_as names nobody.
std::optional<onlooker> find_onlooker(config::settings const& settings);

} // namespace trafikito::agent::inspection
