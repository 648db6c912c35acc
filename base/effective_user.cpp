#include "base/effective_user.hpp"

#include <grp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace trafikito::base {

std::string effective_user::become(uid_t user, gid_t group, std::vector<gid_t> const& groups) {
    int const count = ::getgroups(0, nullptr);
    own_groups_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count > 0 && ::getgroups(count, own_groups_.data()) != count) {
        return "cannot tell its own groups: " + std::generic_category().message(errno);
    }
    own_group_ = ::getegid();
    changed_ = true;
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setegid(group) != 0 ||
        ::seteuid(user) != 0) {
        return "cannot look with the eyes of user " + std::to_string(user) + ": " +
               std::generic_category().message(errno);
    }
    return {};
}

effective_user::~effective_user() {
    if (changed_ && (::seteuid(0) != 0 || ::setegid(own_group_) != 0 ||
                     ::setgroups(own_groups_.size(), own_groups_.data()) != 0)) {
        std::abort();
    }
}

} // namespace trafikito::base
