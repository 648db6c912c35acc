#pragma once
// POST over HTTP/1.1 and verified TLS, one request at a time. api_v1, api_v2 and enrolment send
// through it; tests hand in one of their own. It never follows a redirect, never retries but over a
// kept connection that turned out to be closed, and has no switch that turns verification off.

#include "base/secret.hpp"
#include "net/http/body.hpp"
#include "net/link/endpoint.hpp"
#include "net/link/failure.hpp"
#include "net/link/resolver.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::net::http {

struct request {
    link::endpoint to;
    std::string content_type; ///< no header when empty
    std::vector<std::pair<std::string, std::string>>
        headers; ///< besides Host, User-Agent, Accept, lengths
    http::body content;
    std::optional<std::chrono::milliseconds> timeout; ///< where it is shorter than request_timeout
    /// It does no harm when the peer gets it twice. Then it is sent once more when the peer closed
    /// a kept connection after it had the request whole, and said nothing; else that is a failure.
    bool repeatable = false;
    std::size_t max_answer = 64UL * 1024; ///< bytes; a longer body of the answer is a failure
};

struct response {
    unsigned status = 0;
    std::string content;
    std::string peer;                    ///< who answered, for messages: `host:port`
    std::chrono::seconds retry_after{0}; ///< Retry-After; 0 when absent; at most 24 h
    std::string features;                ///< Trafikito-Features (doc/protocol.md, "Ours alone")
    std::string min_interval;            ///< Trafikito-Min-Interval, as sent
    std::string server;                  ///< Server, what the one who answered calls itself
    std::string via;                     ///< Via, the proxies through which it came
    std::optional<std::chrono::sys_seconds> date; ///< what the peer's clock says
};

class client {
public:
    virtual ~client() = default;

    /// Any complete answer but 3xx is a response, also a 4xx or 5xx. 3xx is a failure that names
    /// the new address. A cancelled coroutine drops the connection and throws operation_aborted.
    /// One connection is kept for each origin, and its TLS session for the next one: a peer that
    /// closed it meanwhile costs a silent reconnect. Each step has its bound (step_watch.hpp);
    /// failure::uncertain tells that the peer may have acted upon the request.
    virtual boost::asio::awaitable<link::result<response>> send(request what) = 0;

    /// Closes what is kept for the next request (after SIGHUP, or when the network changed).
    virtual void drop_connections() = 0;
};

struct client_settings {
    std::string version;     ///< of this program: `User-Agent: trafikito-agent/VERSION`
    std::string ca_file;     ///< trusted in place of the system's certificates, when not empty
    std::string client_cert; ///< PEM; shown to a peer that asks, with client_key
    std::string client_key;
    std::string pin;    ///< `sha256/BASE64,…` (pin.hpp): demanded besides all other verification
    base::secret proxy; ///< `http[s]://[user:password@]host:port`, empty: directly.
                        ///< For https only; its certificate is verified like the API's, without pin
    std::string no_proxy; ///< what is reached directly all the same (proxy.hpp)
    std::chrono::milliseconds request_timeout{
        std::chrono::seconds{30}}; ///< one request, all its steps
};

/// Whether no certificate of any authority was found on this machine: then a ca_file is needed.
bool trusts_nobody();

/// A line for each step, for the log at debug; holds no key and no query.
using trace = std::function<void(std::string_view)>;

/// Fails, at step::handshake or step::proxy, for files that cannot be read or used, and for a pin
/// or proxy that is none. `names` must outlive the client. Requests run on the executor of the
/// coroutine that awaits them; one at a time.
link::result<std::unique_ptr<client>> make_client(boost::asio::any_io_executor executor,
                                                  client_settings settings, link::resolver& names,
                                                  trace log = {});

} // namespace trafikito::net::http
