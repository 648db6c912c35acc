#include "exec/user.hpp"

#include "base/number.hpp"

#include <grp.h>
#include <pwd.h>

#include <string_view>

namespace trafikito::exec {

namespace {

passwd const* look_up(std::string const& name_or_number) {
    if (auto const* found = ::getpwnam(name_or_number.c_str())) {
        return found;
    }
    auto const number = base::number_in<uid_t>(name_or_number);
    return number ? ::getpwuid(*number) : nullptr;
}

} // namespace

std::optional<user> find_user(std::string const& name_or_number) {
    auto const* const found = look_up(name_or_number);
    if (found == nullptr) {
        return std::nullopt;
    }
    user result{found->pw_name, found->pw_dir, found->pw_uid, found->pw_gid, {}};
    int count = 64;
    result.groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(result.name.c_str(), result.gid, result.groups.data(), &count) < 0) {
        result.groups.resize(static_cast<std::size_t>(count));
        ::getgrouplist(result.name.c_str(), result.gid, result.groups.data(), &count);
    }
    result.groups.resize(static_cast<std::size_t>(count));
    return result;
}

} // namespace trafikito::exec
