#pragma once
// The line that a person copies to a new machine: it downloads install.sh from this server, which
// it knows by its key, and hands it an enrolment token. The command line and the page print it.

#include "server/api/agent_files.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::api {

/// Two of the same, without a newline: the second is for a machine that has no curl.
struct install_lines {
    std::string curl;
    std::string wget;
};

/// `from`: its address and pin count. Each part is quoted for a shell.
install_lines install_lines_for(served_values const& from, std::string_view token,
                                std::optional<std::string> const& server_name);

/// The address under which somebody asks (a Host header), when the certificate is for it; else the
/// one that the server has for agents.
std::string address_for(served_values const& server, std::string_view host);

} // namespace trafikito::server::api
