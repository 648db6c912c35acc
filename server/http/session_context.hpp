#pragma once
// What the sessions of one listener share: its settings and application, who is in, what strangers
// do. Listener, session and exchange use it.

#include "server/http/admission.hpp"
#include "server/http/application.hpp"
#include "server/http/incidents.hpp"
#include "server/http/listener.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>

namespace trafikito::server::http {

/// It outlives them.
struct session_context {
    listener_settings settings;
    application& serves;
    base::log& log;
    incidents strangers;
    std::shared_ptr<boost::asio::ssl::context> tls; ///< for handshakes from now on
    http::admission admission;
    /// To make room: closes another session's connection.
    std::function<void(connection_id)> cut;
    /// Waits for a seat. False: there was none in time.
    std::function<boost::asio::awaitable<bool>(connection_id)> seat;
    bool stopping = false; ///< no session begins another request
};

} // namespace trafikito::server::http
