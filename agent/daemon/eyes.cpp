#include "agent/daemon/eyes.hpp"

#include "exec/user.hpp"

#include <unistd.h>

#include <cerrno>
#include <fcntl.h>

namespace trafikito::agent::daemon {

eyes_of::eyes_of(std::string const& run_as) {
    if (run_as.empty()) {
        return;
    }
    auto const user = exec::find_user(run_as);
    if (!user) {
        problem_ = "there is no user " + run_as;
        return;
    }
    if (user->uid == ::geteuid()) {
        return;
    }
    if (::geteuid() != 0) {
        problem_ = "only root can look with the eyes of " + run_as;
        return;
    }
    problem_ = seen_as_.become(user->uid, user->gid, user->groups);
}

int may(std::filesystem::path const& file, int mode) {
    return ::faccessat(AT_FDCWD, file.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

} // namespace trafikito::agent::daemon
