#include "agent/inspection/users.hpp"

#include "base/shell_quoting.hpp"
#include "config/nearest.hpp"

#include <pwd.h>

#include <string_view>
#include <vector>

namespace trafikito::agent::inspection {

namespace {

constexpr std::size_t most = 10'000; ///< a directory service may list everybody

std::vector<std::string> names_of_users() {
    std::vector<std::string> names;
    ::setpwent();
    while (names.size() < most) {
        auto const* const user = ::getpwent();
        if (user == nullptr) {
            break;
        }
        names.emplace_back(user->pw_name);
    }
    ::endpwent();
    return names;
}

} // namespace

std::optional<std::string> nearest_user(std::string const& name) {
    auto const names = names_of_users();
    std::vector<std::string_view> const views(names.begin(), names.end());
    auto const near = config::nearest(name, views);
    return near ? std::optional(std::string(*near)) : std::nullopt;
}

std::string making_of_user(std::string const& name) {
    return "useradd --system --no-create-home --shell /usr/sbin/nologin " +
           base::shell_quoted(name);
}

} // namespace trafikito::agent::inspection
