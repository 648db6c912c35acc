#include "server/api/service.hpp"

#include "net/api/api_error.hpp"
#include "server/api/report_extensions.hpp"
#include "server/api/next_order.hpp"
#include "base/printable.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace trafikito::server {

namespace {

constexpr std::size_t max_key = 512;

} // namespace

api::api(store& kept, api_settings settings, base::log_sink log)
    : store_(kept), settings_(std::move(settings)), log_(std::move(log)) {}

response api::handle(request const& from) {
    try {
        return route(from);
    } catch (std::exception const& failure) {
        log_("failed " + base::for_line(path_of(from)) + ": " + failure.what());
        return error_answer(500, "#server_failed", "THE_SERVER_FAILED_TRY_AGAIN_LATER");
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

response api::order_answer(std::string body) {
    return {200,
            "text/plain; charset=utf-8",
            std::move(body),
            {{std::string(features_header), std::string(features)}}};
}

bool api::asks_too_early(server_row const& server) {
    auto const now = store_.now();
    auto remembered = server;
    if (auto const found = not_noted_.find(server.id); found != not_noted_.end()) {
        remembered.last_order = found->second;
    }
    return too_early(server, now, settings_.min_interval) ||
           too_early(remembered, now, settings_.min_interval);
}

void api::note_order(server_row const& server, std::string_view token,
                     std::optional<os_facts> const& facts) {
    try {
        if (facts && *facts != server.os) {
            store_.set_os_facts(server.id, *facts);
        }
        store_.order_given(server.id, token);
        not_noted_.erase(server.id);
    } catch (store_error const& failure) {
        not_noted_[server.id] = store_.now();
        log_("cannot note the order of " + name_of(server) +
             ", given all the same: " + failure.what());
    }
}

std::string api::name_of(server_row const& server) {
    return base::for_line(server.id) + " (" + base::for_line(server.name) + ")";
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

response api::error_answer(unsigned status, std::string_view code, std::string_view message) {
    return {status,
            "application/json",
            net::api::format_api_error({std::string(code), std::string(message)}),
            {}};
}

response api::refuse(request const& from, unsigned status, std::string_view code,
                     std::string_view message, server_row const* server) {
    log_("refused " + base::for_line(from.method, 16) + " " + base::for_line(path_of(from)) + " from " +
         from.peer + (server == nullptr ? "" : " for " + name_of(*server)) + ": " +
         std::to_string(status) + " " + std::string(message));
    return error_answer(status, code, message);
}

response api::malformed(request const& from, std::string_view what) {
    return refuse(from, 400, "#malformed", what);
}

response api::wrong_key(request const& from) {
    return refuse(from, 401, "#wrong_key", "SERVER_ID_OR_API_KEY_IS_WRONG");
}

} // namespace trafikito::server
