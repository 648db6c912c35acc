#pragma once
// What the agent can say to the Trafikito API, whichever version it speaks (doc/protocol.md). The
// cycle uses it; it decides nothing about time, retries and what is run.

#include "base/secret.hpp"
#include "net/api/order.hpp"
#include "net/http/body.hpp"
#include "net/http/client.hpp"
#include "net/link/failure.hpp"
#include "net/link/timing.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace trafikito::net::api {

/// The last three go only to an API that said with its last order that it understands them
/// (doc/design.md, "Ours alone").
struct report_delivery {
    std::string token;                  ///< of the order that it answers
    http::body report;                  ///< text, or the range of an open file
    std::chrono::seconds last_cycle{0}; ///< how long the last cycle took (v2: timeTookLastTime)
    link::steady_time until = link::no_limit; ///< no request of it lasts longer
    std::string results;                      ///< JSON: what became of each command
    std::string id;                           ///< a UUID: whoever gets the report twice can tell
    std::string collected_at;                 ///< RFC 3339, of a late report; else empty
};

/// v2 step 4. What the first run of a widget's command printed.
struct widget_result {
    std::string id;
    std::string name;   ///< of the command, whole: `trafikito_x`
    http::body section; ///< one section, whose marker carries the command line
    link::steady_time until = link::no_limit;
};

/// v2 step 3. What happened, for the people who look after the API.
struct feedback {
    int code = 0;
    std::string message;
    std::string details;
};

/// The codes of doc/protocol.md, "v2", step 3, with their messages.
feedback invalid_commands(std::string details);      ///< 100: line numbers and text
feedback report_not_accepted(std::string details);   ///< 101: the answer
feedback widget_not_valid(std::string details);      ///< 102: id and reason
feedback api_error_received(api_error const& error); ///< 104: the API's own message
feedback invalid_cycle_data(std::string details);    ///< 105: neither an order nor an error

/// The code with which v1 says "asked more than once a minute": skip this cycle.
inline constexpr std::string_view asked_too_often_code = "#q2w4544h4asa2gAefg53GHrfd";

/// True for v1's and v2's way of saying that the last order is less than a minute ago.
bool asked_too_often(api_error const& error);

/// No request of a call lasts beyond its `until`, nor beyond request_timeout.
class client {
public:
    virtual ~client() = default;

    /// An API error is an answer, whatever the HTTP status was. `previous_token`: of the last
    /// order, or empty (v2 only).
    virtual boost::asio::awaitable<link::result<order_answer>>
    fetch_order(std::string previous_token, link::steady_time until) = 0;

    /// Success means that the API has the report. An API error is a failure at step::answer.
    virtual boost::asio::awaitable<link::result<void>> send_report(report_delivery delivery) = 0;

    /// v1 has no such thing: success, nothing sent. That one code goes out at most once a minute is
    /// the caller's duty. `details` is cut to 16 KiB.
    virtual boost::asio::awaitable<link::result<void>> send_feedback(feedback what,
                                                                     link::steady_time until) = 0;

    /// The command line behind a widget's id, as the API wrote it: to be distrusted. At most 4 KiB.
    /// v1 has no such thing: a failure, nothing sent.
    virtual boost::asio::awaitable<link::result<std::string>>
    fetch_widget(std::string id, link::steady_time until) = 0;

    /// Tells the API that the widget was added and what it printed. v1: as above.
    virtual boost::asio::awaitable<link::result<void>> confirm_widget(widget_result what) = 0;

    /// Who gave the last answer to fetch_order, for messages: `host:port`; empty before there was
    /// one.
    [[nodiscard]] virtual std::string answered_by() const { return {}; }

    /// The base address that answered last, to begin with after a restart; empty when there is
    /// nothing to choose.
    [[nodiscard]] virtual std::string edge() const { return {}; }

    /// Whether the API wants to know which machine asks (doc/protocol.md, "Ours alone"), and the
    /// least interval that it takes, at most 1 h; 0: it names none. Both as of its last answer to
    /// fetch_order.
    [[nodiscard]] virtual bool wants_machine() const { return false; }
    [[nodiscard]] virtual std::chrono::seconds least_interval() const {
        return std::chrono::seconds(0);
    }
};

struct os_names {
    std::string os;
    std::string codename;
    std::string release;
    std::string centos_flavor;
};

/// What a machine says of itself to an API that wants to know, and what that API is known to want
/// from before a restart.
struct machine_facts {
    std::string boot_id;                    ///< empty: not known, and not said
    std::chrono::milliseconds interval{0};  ///< between two orders, as configured
    bool wanted = false;                    ///< client::wants_machine()
    std::chrono::seconds least_interval{0}; ///< client::least_interval()
};

struct client_settings {
    int version = 2; ///< of the protocol: 1 or 2
    std::string server_id;
    base::secret api_key;
    std::string url_get_config;        ///< v1, whole
    std::string url_output;            ///< v1, whole
    std::vector<std::string> api_urls; ///< v2, base addresses
    os_names os;                       ///< v1 sends it with each order request
    std::string edge;                  ///< v2: the base address to begin with; else a random one
    machine_facts machine;
};

/// Fails, at step::address, for an address that cannot be used and for a key that no header can
/// carry. `client` must outlive the api. `engine` picks the edge to begin with
/// (v2); `now` is read for what is left until a limit.
link::result<std::unique_ptr<client>> make_client(client_settings settings, http::client& client,
                                                  std::mt19937 engine, http::trace log = {},
                                                  link::now_function now = link::timing().now);

} // namespace trafikito::net::api
