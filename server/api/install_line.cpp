#include "server/api/install_line.hpp"

#include "base/shell_quoting.hpp"
#include "server/api/server_url.hpp"

namespace trafikito::server::api {

install_lines install_lines_for(served_values const& from, std::string_view token,
                                std::optional<std::string> const& server_name) {
    auto rest = from.api_url + "/install.sh | sudo sh -s -- --user_api_key=" + std::string(token) +
                " --workspace_id=default";
    if (server_name) {
        rest += " --servername=" + base::shell_quoted(*server_name);
    }
    if (from.pin.empty()) {
        return {"curl -fsS " + rest, "wget -nv -O- " + rest};
    }
    // curl and wget write `sha256//`, where agents have one slash.
    auto const pin = "'sha256//" + from.pin.substr(from.pin.find('/') + 1) + "'";
    return {"curl -fsSk --pinnedpubkey " + pin + " " + rest,
            "wget -nv -O- --no-check-certificate --pinnedpubkey=" + pin + " " + rest};
}

std::string address_for(served_values const& server, std::string_view host) {
    auto asked = "https://" + std::string(host);
    return is_server_url(asked) && covers(server.names, host_of(asked)) ? asked : server.api_url;
}

} // namespace trafikito::server::api
