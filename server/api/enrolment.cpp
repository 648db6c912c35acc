// How a machine becomes a server (doc/protocol.md, "Enrolment"): first its identity, then its list
// of commands.
#include "server/api/service.hpp"

#include "base/hexadecimal.hpp"
#include "base/printable.hpp"
#include "net/api/default_commands.hpp"
#include "net/api/form.hpp"
#include "net/api/multipart.hpp"
#include "net/api/report.hpp"
#include "server/api/fields.hpp"

#include <algorithm>
#include <array>

namespace trafikito::server::api {

namespace {

namespace asio = boost::asio;

constexpr std::size_t max_server_name = 200;
constexpr std::size_t max_path = 4096;

/// Made by an installer once, and shown again when it was interrupted.
constexpr std::string_view nonce_header = "Trafikito-Enroll-Nonce";
constexpr std::size_t nonce_size = 32;

bool is_nonce(std::string_view text) {
    return text.size() == nonce_size && std::ranges::all_of(text, base::is_hexadecimal);
}

/// What the shell installer downloads before it creates a server.
constexpr std::array<std::string_view, 5> files_of_shell_agent{
    "trafikito", "uninstall.sh", "lib/trafikito_wrapper.sh", "lib/trafikito_agent.sh",
    "lib/set_os.sh"};

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
    if (std::ranges::find(files_of_shell_agent, file) != files_of_shell_agent.end()) {
        co_return shell_script(*from);
    }
    if (file != "trafikito.conf" && file != "available_commands.sh") {
        co_return refuse(*from, 404, "#file", "THIS_SERVER_GIVES_NO_SUCH_FILE");
    }
    auto work = file == "trafikito.conf" ? enrol(from) : enrol_commands(from);
    auto answered = co_await std::move(work);
    co_return answered;
}

std::optional<http::response> service::too_many_enrolments(http::request const& from,
                                                           enroller const& who) {
    auto const by = who.token ? base::to_hexadecimal(*who.token) : std::string();
    auto const verdict = enrolment_rate_.admit(by, 0, report_rate::any_bytes, now_());
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
    auto const user_key = field(*fields, "userApiKey");
    auto asked = enroller_of(from, field(*fields, "workspaceId"), user_key);
    auto const who = co_await std::move(asked);
    if (who.refusal) {
        co_return *who.refusal;
    }
    if (auto refusal = too_many_enrolments(*from, who)) {
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
    auto making = new_server(from, who.token, *name);
    auto const made = co_await std::move(making);
    if (made.refusal) {
        co_return *made.refusal;
    }
    auto answer = identity_answer(*from, made);
    if (!tmp_file->empty()) {
        answer.body += "tmp_file = " + *tmp_file + "\n";
    }
    co_return answer;
}

asio::awaitable<service::identity>
service::new_server(request_ptr from, std::optional<security::digest> token, std::string name) {
    identity made;
    made.key = security::random_key();
    store::enrolment_request wanted;
    wanted.id = security::random_uuid();
    wanted.name = std::move(name);
    wanted.key = security::sha256(made.key);
    if (token) {
        wanted.token = *token;
        auto const nonce = http::find_header(*from, nonce_header);
        if (!nonce.empty() && !is_nonce(nonce)) {
            made.refusal = malformed(*from, "THE_NONCE_IS_NOT_32_HEXADECIMAL_DIGITS");
            co_return made;
        }
        wanted.nonce = nonce.empty() ? std::nullopt : std::optional(security::sha256(nonce));
    }
    auto work = [wanted, with_token = token.has_value()](store::store& kept) {
        if (with_token) {
            return kept.enrol(wanted);
        }
        kept.add_server(wanted.id, wanted.name, wanted.key);
        return store::store::enrolled{store::enrolment_outcome::made, kept.find_server(wanted.id)};
    };
    auto enrolled = co_await store_.run(0, std::move(work));
    made.again = enrolled.outcome == store::enrolment_outcome::again;
    if (!made.again && enrolled.outcome != store::enrolment_outcome::made) {
        made.refusal = refuse_token(*from, enrolled.outcome);
    } else if (!enrolled.row) {
        made.refusal = refuse(*from, 500, "#server_failed", "THE_SERVER_FAILED_TRY_AGAIN_LATER");
    } else {
        made.id = enrolled.row->id;
        made.name = enrolled.row->name;
        roster_.put(std::move(*enrolled.row));
    }
    co_return made;
}

http::response service::identity_answer(http::request const& from, identity const& made) {
    log_.info((made.again ? "enrolled again, after an installation that was not finished: "
                          : "enrolled ") +
              made.id + " (" + made.name + ") from " + from.peer);
    http::response answer;
    answer.body = "api_key = " + made.key + "\nserver_id = " + made.id + "\n";
    if (!made.again && roster_.has_name(made.name, made.id)) {
        log_.warning("another server is called " + made.name + " already, " + made.id +
                     " is a new one: `trafikito-server servers rename` gives either another name; "
                     "was it the same machine, `servers remove` the old one");
        answer.body += "# another server is called " + made.name +
                       " already: this one is new, and stands beside it\n";
    }
    return answer;
}

asio::awaitable<http::response> service::enrol_commands(request_ptr from) {
    auto const parts =
        net::api::parse_multipart(http::find_header(*from, "Content-Type"), from->body);
    if (!parts) {
        co_return malformed(*from, "THE_BODY_IS_NO_MULTIPART_FORM");
    }
    auto asked = enroller_of(from, field(*parts, "workspaceId"), field(*parts, "userApiKey"));
    auto const who = co_await std::move(asked);
    if (who.refusal) {
        co_return *who.refusal;
    }
    if (auto refusal = too_many_enrolments(*from, who)) {
        co_return std::move(*refusal);
    }
    co_await roster_.freshen();
    auto const server = roster_.find(field(*parts, "serverId"));
    if (!server && !who.token) {
        co_return malformed(*from, "THERE_IS_NO_SUCH_SERVER");
    }
    auto const lines = default_lines(net::api::parse_report(field(*parts, "output")));
    struct outcome {
        store::enrolment_outcome allowed = store::enrolment_outcome::made;
        std::optional<store::server_row> row;
    };
    auto work = [id = std::string(field(*parts, "serverId")), lines, token = who.token,
                 facts = facts_of([&](std::string_view name) { return field(*parts, name); })](
                    store::store& kept) {
        outcome done;
        if (token) {
            done.allowed = kept.may_send_commands(*token, id);
        }
        if (done.allowed == store::enrolment_outcome::made) {
            kept.set_os_facts(id, facts);
            kept.set_available(id, lines);
            done.row = kept.find_server(id);
        }
        return done;
    };
    auto done = co_await store_.run(lines.size(), std::move(work));
    if (done.allowed != store::enrolment_outcome::made) {
        co_return refuse_token(*from, done.allowed);
    }
    if (!done.row) {
        co_return malformed(*from, "THERE_IS_NO_SUCH_SERVER");
    }
    log_.info("enrolled the commands of " + name_of(*done.row) + ": " +
              std::to_string(std::count(lines.begin(), lines.end(), '\n')));
    roster_.put(std::move(*done.row));
    http::response answer;
    answer.body = std::string(list_head) + lines;
    co_return answer;
}

} // namespace trafikito::server::api
