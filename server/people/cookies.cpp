#include "server/people/cookies.hpp"

#include "base/ascii.hpp"
#include "server/security/secrets.hpp"

#include <algorithm>

namespace trafikito::server::people {

namespace {

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

std::string_view cookie_in(http::request const& from, std::string_view name) {
    std::string_view found;
    int count = 0;
    for (auto const& [field, value] : from.headers) {
        if (!base::equals_ignoring_case(field, "Cookie")) {
            continue;
        }
        for (std::string_view rest = value; !rest.empty();) {
            auto const end = std::min(rest.find(';'), rest.size());
            auto const pair = without_blanks(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
                found = pair.substr(name.size() + 1);
                ++count;
            }
        }
    }
    return count == 1 && security::is_secret(found) ? found : std::string_view();
}

std::string set_cookie(std::string_view name, std::string_view secret, std::chrono::seconds life) {
    return std::string(name) + "=" + std::string(secret) +
           "; Path=/; Max-Age=" + std::to_string(life.count()) +
           "; Secure; HttpOnly; SameSite=Strict";
}

} // namespace trafikito::server::people
