#include "agent/inspection/users.hpp"

#include "agent/inspection/places.hpp"
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

std::string hint_for_unknown_user(std::string const& name, std::string const& in_front) {
    auto const names = names_of_users();
    std::vector<std::string_view> const views(names.begin(), names.end());
    if (auto const near = config::nearest(name, views)) {
        auto const user = std::string(*near);
        return "Did you mean " + user + "? Write " + in_front + user + ".";
    }
    return "Type: useradd --system --no-create-home --shell /usr/sbin/nologin " + typed(name);
}

} // namespace trafikito::agent::inspection
