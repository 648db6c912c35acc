#include "agent/daemon/eyes.hpp"

#include "exec/user.hpp"

#include <grp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <system_error>

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
    become(user->uid, user->gid, user->groups);
}

void eyes_of::become(uid_t user, gid_t group, std::vector<gid_t> const& groups) {
    int const count = ::getgroups(0, nullptr);
    own_groups_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count > 0 && ::getgroups(count, own_groups_.data()) != count) {
        problem_ = "cannot tell its own groups: " + std::generic_category().message(errno);
        return;
    }
    own_group_ = ::getegid();
    changed_ = true;
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setegid(group) != 0 ||
        ::seteuid(user) != 0) {
        problem_ = "cannot look with the eyes of user " + std::to_string(user) + ": " +
                   std::generic_category().message(errno);
    }
}

eyes_of::~eyes_of() {
    // Going on with somebody else's rights would make everything that is said afterwards wrong.
    if (changed_ && (::seteuid(0) != 0 || ::setegid(own_group_) != 0 ||
                     ::setgroups(own_groups_.size(), own_groups_.data()) != 0)) {
        std::abort();
    }
}

int may(std::filesystem::path const& file, int mode) {
    return ::faccessat(AT_FDCWD, file.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

} // namespace trafikito::agent::daemon
