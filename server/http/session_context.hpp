#pragma once
// What the sessions of one listener share: its settings and application, who is in, what strangers
// do. Listener, session and exchange use it.

#include "server/http/admission.hpp"
#include "server/http/application.hpp"
#include "server/http/incidents.hpp"
#include "server/http/listener.hpp"
#include "server/http/overload.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace trafikito::server::http {

/// What one gets that has spoken.
enum class place : std::uint8_t {
    none,   ///< none in time: it is closed
    told,   ///< a seat, for being told to come later
    served, ///< a seat
};

/// It outlives them.
struct session_context {
    listener_settings settings;
    application& serves;
    base::log& log;
    incidents strangers;
    std::shared_ptr<boost::asio::ssl::context> tls; ///< for handshakes from now on
    http::admission admission;
    http::overload load;
    /// To make room: closes another session's connection.
    std::function<void(connection_id)> cut;
    /// Waits for a seat.
    std::function<boost::asio::awaitable<place>(connection_id)> seat;
    /// Where a session reads what it looks at before it waits for anything.
    std::vector<char> scratch = std::vector<char>(16UL * 1024);
    bool stopping = false; ///< no session begins another request
};

} // namespace trafikito::server::http
