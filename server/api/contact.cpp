#include "server/api/contact.hpp"

#include "base/number.hpp"
#include "base/printable.hpp"
#include "server/api/machines.hpp"

#include <algorithm>

namespace trafikito::server::api {

namespace {

constexpr std::size_t max_agent = 64;

std::string agent_of(http::request const& from, std::string_view shell_version) {
    auto const said = http::find_header(from, "User-Agent");
    if (said.starts_with("trafikito-agent/")) {
        auto const word = said.substr(0, std::min(said.find(' '), max_agent));
        return base::checked_plain_text(word, max_agent).value_or("trafikito-agent");
    }
    auto const version = base::checked_plain_text(shell_version, max_agent).value_or("");
    return version.empty() ? "shell agent" : "shell agent " + version;
}

} // namespace

store::contact contact_of(http::request const& from, std::string_view shell_version) {
    auto const interval = read_interval(http::find_header(from, interval_header));
    return {from.peer.substr(0, from.peer.rfind(':')), agent_of(from, shell_version), interval};
}

} // namespace trafikito::server::api
