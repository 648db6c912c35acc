#include "agent/inspection/onlooker.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace trafikito::agent::inspection {

namespace {

std::string name_of_group(gid_t id) {
    auto const* const group = ::getgrgid(id);
    return group != nullptr ? group->gr_name : std::to_string(id);
}

} // namespace

onlooker onlooker_of(exec::user const& user) {
    return {user.name, name_of_group(user.gid), user.uid, user.gid};
}

std::optional<onlooker> find_onlooker(config::settings const& settings) {
    onlooker who{{}, {}, ::geteuid(), ::getegid()};
    if (!settings.run_as.empty()) {
        auto const user = exec::find_user(settings.run_as);
        if (!user) {
            return std::nullopt;
        }
        who.uid = user->uid;
        who.gid = user->gid;
    }
    auto const* const user = ::getpwuid(who.uid);
    who.name = user != nullptr ? user->pw_name : std::to_string(who.uid);
    who.group = name_of_group(who.gid);
    return who;
}

} // namespace trafikito::agent::inspection
