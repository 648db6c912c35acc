#pragma once
// The Trafikito API from its own side: one request in, one response out, synchronously
// (doc/protocol.md). The listener calls it for every request that arrived whole. It never puts a
// command line on a machine.

#include "base/log_sink.hpp"
#include "server/api/machines.hpp"
#include "server/api/report_rate.hpp"
#include "server/http/message.hpp"
#include "server/store/store.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::net::api {
struct order;
}

namespace trafikito::server::api {

struct service_settings {
    std::chrono::seconds min_interval{60}; ///< 0: a server may ask as often as it likes
    std::string workspace_id = "default";
    security::digest user_key{}; ///< SHA-256 of the user_api_key that enrolment asks for
};

class service {
public:
    service(store::store& store, service_settings settings, base::log_sink log);

    /// Never throws for what a request holds; a store that fails answers 500 and is logged.
    http::response handle(http::request const& request);

private:
    http::response route(http::request const& request);

    // api_v1.cpp
    http::response v1_get(http::request const& request);
    http::response v1_output(http::request const& request);

    // api_v2.cpp
    http::response v2_ping(http::request const& request);
    http::response v2_get_config(http::request const& request);
    http::response v2_save_output(http::request const& request);
    http::response v2_error_feedback(http::request const& request);
    http::response widgets(http::request const& request);

    // enrolment.cpp
    http::response get_agent_file(http::request const& request);
    http::response enrol(http::request const& request);
    http::response enrol_commands(http::request const& request);

    /// The answer to an order: it names what more is understood here than v1 and v2 say, and the
    /// least interval.
    [[nodiscard]] http::response order_answer(std::string body) const;
    /// The error of an order that was asked for too early, which names the least interval.
    http::response refuse_too_early(http::request const& request, store::server_row const& server,
                                    std::string_view code, std::string_view message);
    void name_least_interval(http::response& answer) const;

    /// Looks at which machine sent a request that has the server's key, and says when it is one of
    /// several.
    void note_machine(http::request const& request, store::server_row const& server);

    /// The server of that id when the key is its own. Unknown ids take as long as wrong keys.
    std::optional<store::server_row> authenticate(std::string_view id, std::string_view key);
    std::optional<store::server_row> authenticate(std::string_view key);
    [[nodiscard]] bool is_user(std::string_view workspace_id, std::string_view user_key) const;

    /// The once-a-minute rule.
    bool asks_too_early(store::server_row const& server);
    /// Notes that an order was given, and `facts` that are news. A store that cannot write is no
    /// reason to give none: what a machine collects meanwhile it keeps, and sends later.
    void note_order(store::server_row const& server, std::string_view token,
                    std::optional<store::os_facts> const& facts = std::nullopt);

    // keep_report.cpp
    struct submission {
        std::string_view token; ///< v1's call token; empty: v2
        std::optional<std::int64_t> took;
        std::string_view output;
        std::string_view results;
    };
    http::response keep_report(http::request const& request, store::server_row const& server,
                               submission const& sent);
    http::response too_many_reports(http::request const& request, store::server_row const& server,
                                    report_rate::verdict const& verdict);

    /// As a line of the log names a server: `ID (NAME)`.
    static std::string name_of(store::server_row const& server);

    /// An error answer in doc/protocol.md's form, and its line in the log, which names the server
    /// where it is known.
    http::response refuse(http::request const& request, unsigned status, std::string_view code,
                          std::string_view message, store::server_row const* server = nullptr);
    /// The answer alone.
    static http::response error_answer(unsigned status, std::string_view code,
                                       std::string_view message);
    http::response malformed(http::request const& request, std::string_view what);
    http::response wrong_key(http::request const& request);

    store::store& store_;
    service_settings settings_;
    base::log_sink log_;
    report_rate rate_;
    machines machines_;
    std::map<std::string, base::wall_time>
        not_noted_; ///< orders given, by server, while it could not
};

} // namespace trafikito::server::api
