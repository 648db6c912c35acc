#include "agent/daemon/privileges.hpp"

#include "exec/user.hpp"

#include <grp.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trafikito::agent::daemon {

std::string become(std::string const& user) {
    auto const target = exec::find_user(user);
    if (!target) {
        return "run_as: there is no user " + user;
    }
    uid_t const uid = target->uid;
    gid_t const gid = target->gid;
    if (::geteuid() == uid && ::getuid() == uid) {
        return {};
    }
    if (::geteuid() != 0) {
        return "run_as: only root can become " + user + "; start the agent as root or as " + user;
    }
    if (::setgroups(target->groups.size(), target->groups.data()) != 0 ||
        ::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0) {
        return "run_as: cannot become " + user + ": " + std::generic_category().message(errno);
    }
    if (uid != 0 && (::setuid(0) == 0 || ::geteuid() == 0)) {
        return "run_as: became " + user + ", but could become root again";
    }
    return {};
}

} // namespace trafikito::agent::daemon
