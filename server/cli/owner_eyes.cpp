#include "server/cli/owner_eyes.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

namespace trafikito::server::cli {

namespace {

std::string name_of(uid_t user) {
    auto const* const entry = ::getpwuid(user);
    return entry == nullptr ? "#" + std::to_string(user) : entry->pw_name;
}

/// Of a user without a name that group alone.
std::vector<gid_t> groups_of(uid_t user, gid_t group) {
    auto const* const entry = ::getpwuid(user);
    if (entry == nullptr) {
        return {group};
    }
    int count = 64;
    std::vector<gid_t> all(static_cast<std::size_t>(count));
    if (::getgrouplist(entry->pw_name, entry->pw_gid, all.data(), &count) < 0) {
        all.resize(static_cast<std::size_t>(count));
        ::getgrouplist(entry->pw_name, entry->pw_gid, all.data(), &count);
    }
    all.resize(static_cast<std::size_t>(count));
    return all;
}

} // namespace

owner_eyes::owner_eyes(std::filesystem::path const& directory) {
    struct stat found{};
    if (::geteuid() != 0 || ::stat(directory.c_str(), &found) != 0 || found.st_uid == 0) {
        return;
    }
    // Who may not become him stays what he is.
    (void)seen_as_.become(found.st_uid, found.st_gid, groups_of(found.st_uid, found.st_gid));
}

uid_t owner_eyes::user() {
    return ::geteuid();
}

std::string owner_eyes::user_name() {
    return name_of(::geteuid());
}

} // namespace trafikito::server::cli
