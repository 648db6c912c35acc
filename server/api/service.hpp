#pragma once
// The Trafikito API from its own side: one request in, one response out, synchronously
// (PROTOCOL.md). The listener calls it for every request that arrived whole. It never puts a
// command line on a machine.

#include "server/http/message.hpp"
#include "base/log_sink.hpp"
#include "server/api/report_rate.hpp"
#include "server/store/store.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::net {
struct order;
}

namespace trafikito::server {

struct api_settings {
    std::chrono::seconds min_interval{60}; ///< 0: a server may ask as often as it likes
    std::string workspace_id = "default";
    digest user_key{}; ///< SHA-256 of the user_api_key that enrolment asks for
};

class api {
public:
    api(store& kept, api_settings settings, base::log_sink log);

    /// Never throws for what a request holds; a store that fails answers 500 and is logged.
    response handle(request const& from);

private:
    response route(request const& from);

    // api_v1.cpp
    response v1_get(request const& from);
    response v1_output(request const& from);

    // api_v2.cpp
    response v2_ping(request const& from);
    response v2_get_config(request const& from);
    response v2_save_output(request const& from);
    response v2_error_feedback(request const& from);
    response widgets(request const& from);

    // enrolment.cpp
    response get_agent_file(request const& from);
    response enrol(request const& from);
    response enrol_commands(request const& from);

    /// The answer to an order: it names what more is understood here than PROTOCOL.md says.
    static response order_answer(std::string body);

    /// The server of that id when the key is its own. Unknown ids take as long as wrong keys.
    std::optional<server_row> authenticate(std::string_view id, std::string_view key);
    std::optional<server_row> authenticate(std::string_view key);
    [[nodiscard]] bool is_user(std::string_view workspace_id, std::string_view user_key) const;

    /// The once-a-minute rule.
    bool asks_too_early(server_row const& server);
    /// Notes that an order was given, and `facts` that are news. A store that cannot write is no
    /// reason to give none: what a machine collects meanwhile it keeps, and sends later.
    void note_order(server_row const& server, std::string_view token,
                    std::optional<os_facts> const& facts = std::nullopt);

    // keep_report.cpp
    struct submission {
        std::string_view token; ///< v1's call token; empty: v2
        std::optional<std::int64_t> took;
        std::string_view output;
        std::string_view results;
    };
    response keep_report(request const& from, server_row const& server, submission const& sent);
    response too_many_reports(request const& from, server_row const& server,
                              report_rate::verdict const& verdict);

    /// As a line of the log names a server: `ID (NAME)`.
    static std::string name_of(server_row const& server);

    /// An error answer in PROTOCOL.md's form, and its line in the log, which names the server where
    /// it is known.
    response refuse(request const& from, unsigned status, std::string_view code,
                    std::string_view message, server_row const* server = nullptr);
    /// The answer alone.
    static response error_answer(unsigned status, std::string_view code, std::string_view message);
    response malformed(request const& from, std::string_view what);
    response wrong_key(request const& from);

    store& store_;
    api_settings settings_;
    base::log_sink log_;
    report_rate rate_;
    std::map<std::string, base::wall_time> not_noted_; ///< orders given, by server, while it could not
};

} // namespace trafikito::server
