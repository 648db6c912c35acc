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

namespace asio = boost::asio;

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

asio::awaitable<http::response> service::get_agent_file(request_ptr from) {
    auto const query = net::api::parse_form(http::query_of(*from));
    auto const file = query ? field(*query, "file") : std::string_view();
    if (file != "trafikito.conf" && file != "available_commands.sh") {
        co_return refuse(*from, 404, "#file", "THIS_SERVER_GIVES_NO_SUCH_FILE");
    }
    auto work = file == "trafikito.conf" ? enrol(from) : enrol_commands(from);
    auto answered = co_await std::move(work);
    co_return answered;
}

std::optional<http::response> service::too_many_enrolments(http::request const& from) {
    auto const verdict = enrolment_rate_.admit("", 0, report_rate::any_bytes, now_());
    if (verdict.admitted) {
        return std::nullopt;
    }
    auto answer = refuse(from, 429, "#too_many_enrolments", "TOO_MANY_ENROLMENTS_TRY_AGAIN_LATER");
    answer.headers.emplace_back("Retry-After", std::to_string(verdict.wait.count()));
    return answer;
}

asio::awaitable<http::response> service::enrol(request_ptr from) {
    auto const fields = parse_json_fields(from->body);
    if (!fields) {
        co_return malformed(*from, "THE_BODY_IS_NO_JSON_OBJECT");
    }
    if (!is_user(field(*fields, "workspaceId"), field(*fields, "userApiKey"))) {
        co_return refuse(*from, 401, "#wrong_user_key", "WORKSPACE_ID_OR_USER_API_KEY_IS_WRONG");
    }
    if (auto refusal = too_many_enrolments(*from)) {
        co_return std::move(*refusal);
    }
    auto const name = base::checked_plain_text(field(*fields, "serverName"), max_server_name);
    if (!name || name->empty()) {
        co_return malformed(*from,
                            "THE_SERVER_NAME_IS_MISSING_OR_NOT_PLAIN_TEXT_OF_AT_MOST_200_BYTES");
    }
    auto const tmp_file = base::checked_plain_text(field(*fields, "tmpFilePath"), max_path);
    if (!tmp_file) {
        co_return malformed(*from, "THE_TMP_FILE_PATH_IS_NOT_PLAIN_TEXT");
    }
    co_await roster_.freshen();
    if (roster_.has_id_like(*name)) { // whoever names that server by its id would mean another
        co_return malformed(*from,
                            "THE_SERVER_NAME_IS_THE_ID_OF_ANOTHER_SERVER_CHOOSE_ANOTHER_NAME");
    }
    bool const second = roster_.has_name(*name);
    auto const id = security::random_uuid();
    auto const key = security::random_key();
    auto work = [id, name = *name, digest = security::sha256(key)](store::store& kept) {
        kept.add_server(id, name, digest);
        return kept.find_server(id);
    };
    auto row = co_await store_.run(0, std::move(work));
    if (!row) {
        co_return refuse(*from, 500, "#server_failed", "THE_SERVER_FAILED_TRY_AGAIN_LATER");
    }
    roster_.put(std::move(*row));
    log_.info("enrolled " + id + " (" + *name + ") from " + from->peer);
    http::response answer;
    answer.body = "api_key = " + key + "\nserver_id = " + id + "\n";
    if (!tmp_file->empty()) {
        answer.body += "tmp_file = " + *tmp_file + "\n";
    }
    if (second) {
        log_.warning("another server is called " + *name + " already, " + id +
                     " is a new one: `trafikito-server servers rename` gives either another name; "
                     "was it the same machine, `servers remove` the old one");
        answer.body += "# another server is called " + *name +
                       " already: this one is new, and stands beside it\n";
    }
    co_return answer;
}

asio::awaitable<http::response> service::enrol_commands(request_ptr from) {
    auto const parts =
        net::api::parse_multipart(http::find_header(*from, "Content-Type"), from->body);
    if (!parts) {
        co_return malformed(*from, "THE_BODY_IS_NO_MULTIPART_FORM");
    }
    if (!is_user(field(*parts, "workspaceId"), field(*parts, "userApiKey"))) {
        co_return refuse(*from, 401, "#wrong_user_key", "WORKSPACE_ID_OR_USER_API_KEY_IS_WRONG");
    }
    if (auto refusal = too_many_enrolments(*from)) {
        co_return std::move(*refusal);
    }
    co_await roster_.freshen();
    auto const server = roster_.find(field(*parts, "serverId"));
    if (!server) {
        co_return malformed(*from, "THERE_IS_NO_SUCH_SERVER");
    }
    auto const lines = default_lines(net::api::parse_report(field(*parts, "output")));
    auto work = [id = server->id, lines, facts = facts_of([&](std::string_view name) {
                                             return field(*parts, name);
                                         })](store::store& kept) {
        kept.set_os_facts(id, facts);
        kept.set_available(id, lines);
        return kept.find_server(id);
    };
    auto row = co_await store_.run(lines.size(), std::move(work));
    if (row) {
        roster_.put(std::move(*row));
    }
    log_.info("enrolled the commands of " + name_of(*server) + ": " +
              std::to_string(std::count(lines.begin(), lines.end(), '\n')));
    http::response answer;
    answer.body = std::string(list_head) + lines;
    co_return answer;
}

} // namespace trafikito::server::api
