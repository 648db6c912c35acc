// How a machine becomes a server (doc/protocol.md, "Enrolment"): first its identity, then its list
// of commands.
#include "server/api/service.hpp"

#include "base/printable.hpp"
#include "net/api/default_commands.hpp"
#include "net/api/form.hpp"
#include "net/api/multipart.hpp"
#include "net/api/report.hpp"
#include "server/api/fields.hpp"

#include <algorithm>

namespace trafikito::server::api {

namespace {

constexpr std::size_t max_server_name = 200;
constexpr std::size_t max_path = 4096;

constexpr std::string_view list_head =
    "# The commands that Trafikito may run on this machine. Nothing else is ever run, and only who "
    "can\n"
    "# edit this file decides what stands here.\n"
    "#\n"
    "# To add a command, add a line like those below. Its name must begin with trafikito_ and may "
    "hold\n"
    "# letters, digits and underscores; the command stands between double quotes, so write \\$ for "
    "a $\n"
    "# that the command itself shall see. The list is read anew in every cycle.\n"
    "\n";

// The default commands of which the machine showed the output, as lines of available_commands.sh.
// What else it sent is left out: a command line comes from this program's own table or from the
// machine's owner. Who showed a line of an earlier version gets the one of now.
std::string default_lines(net::api::parsed_report const& shown) {
    std::string lines;
    for (auto const& command : net::api::default_commands) {
        bool const was_shown = std::ranges::any_of(
            shown.sections, [&](auto const& section) { return command.is(section.name); });
        if (was_shown) {
            lines += std::string(command.name) + "=\"" + std::string(command.line) + "\"\n";
        }
    }
    return lines;
}

} // namespace

http::response service::get_agent_file(http::request const& request) {
    auto const query = net::api::parse_form(http::query_of(request));
    auto const file = query ? field(*query, "file") : std::string_view();
    if (file == "trafikito.conf") {
        return enrol(request);
    }
    if (file == "available_commands.sh") {
        return enrol_commands(request);
    }
    return refuse(request, 404, "#file", "THIS_SERVER_GIVES_NO_SUCH_FILE");
}

http::response service::enrol(http::request const& request) {
    auto const fields = parse_json_fields(request.body);
    if (!fields) {
        return malformed(request, "THE_BODY_IS_NO_JSON_OBJECT");
    }
    if (!is_user(field(*fields, "workspaceId"), field(*fields, "userApiKey"))) {
        return refuse(request, 401, "#wrong_user_key", "WORKSPACE_ID_OR_USER_API_KEY_IS_WRONG");
    }
    auto const name = base::checked_plain_text(field(*fields, "serverName"), max_server_name);
    if (!name || name->empty()) {
        return malformed(request,
                         "THE_SERVER_NAME_IS_MISSING_OR_NOT_PLAIN_TEXT_OF_AT_MOST_200_BYTES");
    }
    auto const tmp_file = base::checked_plain_text(field(*fields, "tmpFilePath"), max_path);
    if (!tmp_file) {
        return malformed(request, "THE_TMP_FILE_PATH_IS_NOT_PLAIN_TEXT");
    }
    auto const id = security::random_uuid();
    auto const key = security::random_key();
    if (!store_.add_server(id, *name, security::sha256(key))) {
        return refuse(request, 500, "#server_failed", "THE_SERVER_FAILED_TRY_AGAIN_LATER");
    }
    log_("enrolled " + id + " (" + *name + ") from " + request.peer);
    auto body = "api_key = " + key + "\nserver_id = " + id + "\n";
    if (!tmp_file->empty()) {
        body += "tmp_file = " + *tmp_file + "\n";
    }
    return {200, "text/plain; charset=utf-8", body, {}};
}

http::response service::enrol_commands(http::request const& request) {
    auto const parts =
        net::api::parse_multipart(http::find_header(request, "Content-Type"), request.body);
    if (!parts) {
        return malformed(request, "THE_BODY_IS_NO_MULTIPART_FORM");
    }
    if (!is_user(field(*parts, "workspaceId"), field(*parts, "userApiKey"))) {
        return refuse(request, 401, "#wrong_user_key", "WORKSPACE_ID_OR_USER_API_KEY_IS_WRONG");
    }
    auto const server = store_.find_server(field(*parts, "serverId"));
    if (!server) {
        return malformed(request, "THERE_IS_NO_SUCH_SERVER");
    }
    auto const lines = default_lines(net::api::parse_report(field(*parts, "output")));
    store_.set_os_facts(server->id,
                        facts_of([&](std::string_view name) { return field(*parts, name); }));
    store_.set_available(server->id, lines);
    log_("enrolled the commands of " + base::for_line(server->id) + " (" +
         base::for_line(server->name) +
         "): " + std::to_string(std::count(lines.begin(), lines.end(), '\n')));
    return {200, "text/plain; charset=utf-8", std::string(list_head) + lines, {}};
}

} // namespace trafikito::server::api
