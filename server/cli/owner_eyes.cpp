#include "server/cli/owner_eyes.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace trafikito::server::cli {

namespace {

std::vector<gid_t> groups_now() {
    auto const count = ::getgroups(0, nullptr);
    std::vector<gid_t> all(static_cast<std::size_t>(count > 0 ? count : 0));
    if (!all.empty() && ::getgroups(count, all.data()) < 0) {
        all.clear();
    }
    return all;
}

std::string name_of(uid_t user) {
    auto const* const entry = ::getpwuid(user);
    return entry == nullptr ? "#" + std::to_string(user) : entry->pw_name;
}

bool set_groups_of(uid_t user, gid_t group) {
    auto const* const entry = ::getpwuid(user);
    return entry == nullptr ? ::setgroups(1, &group) == 0
                            : ::initgroups(entry->pw_name, entry->pw_gid) == 0;
}

} // namespace

owner_eyes::owner_eyes(std::filesystem::path const& directory)
    : group_before_(::getegid()), groups_before_(groups_now()) {
    struct stat found{};
    if (::geteuid() != 0 || ::stat(directory.c_str(), &found) != 0 || found.st_uid == 0) {
        return;
    }
    changed_ = true; // half of it is undone, too
    if (set_groups_of(found.st_uid, found.st_gid) && ::setegid(found.st_gid) == 0) {
        static_cast<void>(::seteuid(found.st_uid) == 0);
    }
}

uid_t owner_eyes::user() {
    return ::geteuid();
}

std::string owner_eyes::user_name() {
    return name_of(::geteuid());
}

owner_eyes::~owner_eyes() {
    if (!changed_) {
        return;
    }
    // Whoever cannot become himself again must not go on as somebody half-way.
    if (::seteuid(0) != 0 || ::setegid(group_before_) != 0 ||
        ::setgroups(groups_before_.size(), groups_before_.data()) != 0) {
        std::abort();
    }
}

} // namespace trafikito::server::cli
