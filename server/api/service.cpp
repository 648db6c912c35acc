#include "server/api/service.hpp"

#include "base/printable.hpp"
#include "base/redactor.hpp"
#include "base/units.hpp"
#include "net/api/api_error.hpp"
#include "server/api/next_order.hpp"
#include "server/api/report_extensions.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace trafikito::server::api {

namespace {

constexpr std::size_t max_key = 512;

} // namespace

service::service(store::store& store, service_settings settings, base::log_sink log)
    : store_(store), settings_(std::move(settings)), log_(std::move(log)) {}

http::response service::handle(http::request const& request) {
    try {
        return route(request);
    } catch (std::exception const& failure) {
        log_("failed " + base::for_line(http::path_of(request)) + ": " + failure.what());
        return error_answer(500, "#server_failed", "THE_SERVER_FAILED_TRY_AGAIN_LATER");
    }
}

http::response service::route(http::request const& request) {
    struct endpoint {
        std::string_view path;
        http::response (service::*answer)(http::request const&);
    };
    static constexpr std::array<endpoint, 9> endpoints{{
        {"/v1/agent/get", &service::v1_get},
        {"/v1/agent/output", &service::v1_output},
        {"/v2/ping", &service::v2_ping},
        {"/v2/agent/get_config", &service::v2_get_config},
        {"/v2/agent/save_output", &service::v2_save_output},
        {"/v2/agent/error_feedback", &service::v2_error_feedback},
        {"/v2/agent/get_agent_file", &service::get_agent_file},
        {"/v2/widget/get-command", &service::widgets},
        {"/v2/widget/install", &service::widgets},
    }};
    auto const* const found = std::ranges::find_if(
        endpoints, [&](auto const& each) { return each.path == http::path_of(request); });
    if (found != endpoints.end() && request.method == "POST") {
        return (this->*found->answer)(request);
    }
    if (found != endpoints.end()) {
        auto answer = refuse(request, 405, "#method", "ONLY_POST_IS_ANSWERED_HERE");
        answer.headers.emplace_back("Allow", "POST");
        return answer;
    }
    return refuse(request, 404, "#path", "THIS_SERVER_HAS_NO_SUCH_PATH");
}

http::response service::order_answer(std::string body) const {
    http::response answer{200,
                          "text/plain; charset=utf-8",
                          std::move(body),
                          {{std::string(features_header), std::string(features)}}};
    name_least_interval(answer);
    return answer;
}

http::response service::refuse_too_early(http::request const& request,
                                         store::server_row const& server, std::string_view code,
                                         std::string_view message) {
    auto answer = refuse(request, 200, code, message, &server);
    name_least_interval(answer);
    return answer;
}

void service::name_least_interval(http::response& answer) const {
    if (settings_.min_interval > std::chrono::seconds(0)) {
        answer.headers.emplace_back(min_interval_header,
                                    std::to_string(settings_.min_interval.count()));
    }
}

void service::note_machine(http::request const& request, store::server_row const& server) {
    auto const found = machines_.saw(server.id, http::find_header(request, boot_header),
                                     http::find_header(request, interval_header), store_.now());
    if (!found) {
        return;
    }
    if (found->say) {
        log_((found->machines == 2 ? "two" : std::to_string(found->machines)) +
             " machines ask as " + name_of(server) + ", noticed " +
             base::count_of(found->times, "time") + ", now from " + request.peer +
             ": one is a copy of the other (a cloned disk or image); enrol the copy anew with "
             "`trafikito-agent enroll`");
    }
    if (found->note) {
        try {
            store_.several_machines_seen(server.id);
        } catch (store::store_error const& failure) {
            log_("cannot note that several machines ask as " + name_of(server) + ": " +
                 failure.what());
        }
    }
}

bool service::asks_too_early(store::server_row const& server) {
    auto const now = store_.now();
    auto remembered = server;
    if (auto const found = not_noted_.find(server.id); found != not_noted_.end()) {
        remembered.last_order = found->second;
    }
    return too_early(server, now, settings_.min_interval) ||
           too_early(remembered, now, settings_.min_interval);
}

void service::note_order(store::server_row const& server, std::string_view token,
                         std::optional<store::os_facts> const& facts) {
    try {
        if (facts && *facts != server.os) {
            store_.set_os_facts(server.id, *facts);
        }
        store_.order_given(server.id, token);
        not_noted_.erase(server.id);
    } catch (store::store_error const& failure) {
        not_noted_[server.id] = store_.now();
        log_("cannot note the order of " + name_of(server) +
             ", given all the same: " + failure.what());
    }
}

std::string service::name_of(store::server_row const& server) {
    return base::for_line(server.id) + " (" + base::for_line(server.name) + ")";
}

std::optional<store::server_row> service::authenticate(std::string_view id, std::string_view key) {
    if (id.empty() || key.empty() || key.size() > max_key) {
        return std::nullopt;
    }
    auto const given = security::sha256(key);
    auto server = store_.find_server(id);
    bool const same = security::same_digest(given, server ? server->key : security::digest{});
    return server && same ? std::move(server) : std::nullopt;
}

// The index is searched for the key's SHA-256: how long that takes says nothing about the key.
std::optional<store::server_row> service::authenticate(std::string_view key) {
    if (key.empty() || key.size() > max_key) {
        return std::nullopt;
    }
    return store_.find_server_by_key(security::sha256(key));
}

bool service::is_user(std::string_view workspace_id, std::string_view user_key) const {
    bool const same_key = security::same_digest(security::sha256(user_key.substr(0, max_key + 1)),
                                                settings_.user_key);
    return same_key && workspace_id == settings_.workspace_id;
}

http::response service::error_answer(unsigned status, std::string_view code,
                                     std::string_view message) {
    return {status,
            "application/json",
            net::api::format_api_error({std::string(code), std::string(message)}),
            {}};
}

http::response service::refuse(http::request const& request, unsigned status, std::string_view code,
                               std::string_view message, store::server_row const* server) {
    // A client that puts its key into the path has it in the header, too.
    base::redactor const redact{
        base::secret(std::string(http::find_header(request, "Authorization")))};
    log_("refused " + base::for_line(request.method, 16) + " " +
         base::for_line(redact(http::path_of(request))) + " from " + request.peer +
         (server == nullptr ? "" : " for " + name_of(*server)) + ": " + std::to_string(status) +
         " " + std::string(message));
    return error_answer(status, code, message);
}

http::response service::malformed(http::request const& request, std::string_view what) {
    return refuse(request, 400, "#malformed", what);
}

http::response service::wrong_key(http::request const& request) {
    return refuse(request, 401, "#wrong_key", "SERVER_ID_OR_API_KEY_IS_WRONG");
}

} // namespace trafikito::server::api
