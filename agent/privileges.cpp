#include "agent/privileges.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

namespace trafikito::agent {

namespace {

passwd const* find_user(std::string const& user) {
    if (auto const* found = ::getpwnam(user.c_str())) {
        return found;
    }
    uid_t number = 0;
    auto const* const end = user.data() + user.size();
    auto const [stop, error] = std::from_chars(user.data(), end, number);
    return error == std::errc() && stop == end ? ::getpwuid(number) : nullptr;
}

} // namespace

std::string become(std::string const& user) {
    auto const* const target = find_user(user);
    if (target == nullptr) {
        return "run_as: there is no user " + user;
    }
    uid_t const uid = target->pw_uid;
    gid_t const gid = target->pw_gid;
    if (::geteuid() == uid && ::getuid() == uid) {
        return {};
    }
    if (::geteuid() != 0) {
        return "run_as: only root can become " + user + "; start the agent as root or as " + user;
    }
    if (::initgroups(target->pw_name, gid) != 0 || ::setresgid(gid, gid, gid) != 0 ||
        ::setresuid(uid, uid, uid) != 0) {
        return "run_as: cannot become " + user + ": " + std::generic_category().message(errno);
    }
    if (uid != 0 && (::setuid(0) == 0 || ::geteuid() == 0)) {
        return "run_as: became " + user + ", but could become root again";
    }
    return {};
}

} // namespace trafikito::agent
