#pragma once
// The bounds of a request's steps. http_client runs each request under one; private to net/.

#include "net/link/failure.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace trafikito::net::link {

/// The longest that a step may take; never more than what is left of request_timeout. Look-up,
/// connection, proxy and handshake: 10 s each. Receiving, from the first byte of the answer to its
/// last: 20 s, however steadily it drips. Sending and waiting: request_timeout, because a large
/// report over a slow line, or an API that thinks long, is what one raises request_timeout for.
std::chrono::milliseconds bound_of(step value, std::chrono::milliseconds request_timeout);

class step_watch {
public:
    step_watch(boost::asio::any_io_executor const& executor,
               std::chrono::milliseconds request_timeout);

    /// The bound of `next` counts from now.
    void enter(step next);

    /// Ends when a step took too long, or when it is cancelled.
    boost::asio::awaitable<void> expired();

    /// What ran out when expired() ended: the bound of the step, or request_timeout.
    [[nodiscard]] std::chrono::milliseconds bound() const { return bound_; }

private:
    using clock = std::chrono::steady_clock;

    std::chrono::milliseconds request_timeout_;
    clock::time_point deadline_; ///< of the whole request
    clock::time_point due_;      ///< of the step
    std::chrono::milliseconds bound_;
    boost::asio::steady_timer timer_;
};

} // namespace trafikito::net::link
