#include "server/api.hpp"

#include "net/api_error.hpp"
#include "net/report.hpp"
#include "server/available_list.hpp"
#include "server/text.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace trafikito::server {

namespace {

// More than any list of commands holds; a report of nothing but markers would fill the store with
// rows.
constexpr std::size_t max_sections = max_available_lines;
constexpr std::size_t max_key = 512;

std::string named(server_row const& server) {
    return for_line(server.id) + " (" + for_line(server.name) + ")";
}

} // namespace

api::api(store& kept, api_settings settings, log_sink log)
    : store_(kept), settings_(std::move(settings)), log_(std::move(log)) {}

response api::handle(request const& from) {
    try {
        return route(from);
    } catch (std::exception const& failure) {
        log_("failed " + for_line(path_of(from)) + ": " + failure.what());
        return {500,
                "application/json",
                net::format_api_error({"#server_failed", "THE_SERVER_FAILED_TRY_AGAIN_LATER"}),
                {}};
    }
}

response api::route(request const& from) {
    struct endpoint {
        std::string_view path;
        response (api::*answer)(request const&);
    };
    static constexpr std::array<endpoint, 9> endpoints{{
        {"/v1/agent/get", &api::v1_get},
        {"/v1/agent/output", &api::v1_output},
        {"/v2/ping", &api::v2_ping},
        {"/v2/agent/get_config", &api::v2_get_config},
        {"/v2/agent/save_output", &api::v2_save_output},
        {"/v2/agent/error_feedback", &api::v2_error_feedback},
        {"/v2/agent/get_agent_file", &api::get_agent_file},
        {"/v2/widget/get-command", &api::widgets},
        {"/v2/widget/install", &api::widgets},
    }};
    auto const* const found = std::ranges::find_if(
        endpoints, [&](auto const& each) { return each.path == path_of(from); });
    if (found != endpoints.end() && from.method == "POST") {
        return (this->*found->answer)(from);
    }
    if (found != endpoints.end()) {
        auto answer = refuse(from, 405, "#method", "ONLY_POST_IS_ANSWERED_HERE");
        answer.headers.emplace_back("Allow", "POST");
        return answer;
    }
    return refuse(from, 404, "#path", "THIS_SERVER_HAS_NO_SUCH_PATH");
}

std::optional<server_row> api::authenticate(std::string_view id, std::string_view key) {
    if (id.empty() || key.empty() || key.size() > max_key) {
        return std::nullopt;
    }
    auto const given = sha256(key);
    auto server = store_.find_server(id);
    bool const same = same_digest(given, server ? server->key : digest{});
    return server && same ? std::move(server) : std::nullopt;
}

// The index is searched for the key's SHA-256: how long that takes says nothing about the key.
std::optional<server_row> api::authenticate(std::string_view key) {
    if (key.empty() || key.size() > max_key) {
        return std::nullopt;
    }
    return store_.find_server_by_key(sha256(key));
}

bool api::is_user(std::string_view workspace_id, std::string_view user_key) const {
    bool const same_key = same_digest(sha256(user_key.substr(0, max_key + 1)), settings_.user_key);
    return same_key && workspace_id == settings_.workspace_id;
}

response api::keep_report(request const& from, server_row const& server, std::string_view token,
                          std::optional<std::int64_t> took, std::string_view bytes) {
    // Our own agent never glues a marker to output: there, one in the middle of a line is
    // somebody's forgery.
    bool const ours = find_header(from, "User-Agent").starts_with("trafikito-agent/");
    auto const report = net::parse_report(bytes, ours ? net::marker_place::line_start
                                                      : net::marker_place::anywhere);
    if (report.sections.size() > max_sections) {
        return refuse(from, 400, "#report", "TOO_MANY_SECTIONS");
    }
    auto const number = store_.add_report(server.id, token, took, report);
    if (!number) {
        log_("report of " + named(server) + " came again and is not stored twice");
    } else {
        // A report that was cut short says nothing about the list; an empty last section says that
        // it is empty.
        if (bytes.find(net::available_marker) != std::string_view::npos) {
            store_.set_available(server.id, valid_lines(report.available));
        }
        log_("report " + std::to_string(*number) + " of " + named(server) + ": " +
             std::to_string(report.sections.size()) + " commands, " + std::to_string(bytes.size()) +
             " bytes");
    }
    return {200, "text/plain; charset=utf-8", "OK", {}};
}

response api::refuse(request const& from, unsigned status, std::string_view code,
                     std::string_view message, server_row const* server) {
    log_("refused " + for_line(from.method, 16) + " " + for_line(path_of(from)) + " from " +
         from.peer + (server == nullptr ? "" : " for " + named(*server)) + ": " +
         std::to_string(status) + " " + std::string(message));
    return {status,
            "application/json",
            net::format_api_error({std::string(code), std::string(message)}),
            {}};
}

response api::malformed(request const& from, std::string_view what) {
    return refuse(from, 400, "#malformed", what);
}

response api::wrong_key(request const& from) {
    return refuse(from, 401, "#wrong_key", "SERVER_ID_OR_API_KEY_IS_WRONG");
}

} // namespace trafikito::server
