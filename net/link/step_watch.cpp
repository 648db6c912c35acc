#include "net/link/step_watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace trafikito::net::link {

namespace asio = boost::asio;
using std::chrono::milliseconds;

milliseconds bound_of(step value, milliseconds request_timeout) {
    constexpr milliseconds on_the_way = std::chrono::seconds{10};
    constexpr milliseconds receiving = std::chrono::seconds{20};
    switch (value) {
    case step::resolve:
    case step::connect:
    case step::proxy:
    case step::handshake:
        return std::min(on_the_way, request_timeout);
    case step::receive:
        return std::min(receiving, request_timeout);
    default:
        return request_timeout;
    }
}

step_watch::step_watch(asio::any_io_executor const& executor, milliseconds request_timeout)
    : request_timeout_(request_timeout), deadline_(clock::now() + request_timeout), due_(deadline_),
      bound_(request_timeout), timer_(executor, deadline_) {}

void step_watch::enter(step next) {
    auto const own = bound_of(next, request_timeout_);
    auto const due = clock::now() + own;
    bound_ = due < deadline_ ? own : request_timeout_;
    due_ = std::min(due, deadline_);
    if (due_ < timer_.expiry()) { // else expired() finds out when it is woken
        timer_.expires_at(due_);
    }
}

asio::awaitable<void> step_watch::expired() {
    for (;;) {
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        auto const state = co_await asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != asio::cancellation_type::none;
        // A new step may cancel the wait, too: then it goes on with that step's bound.
        if (cancelled || clock::now() >= due_) {
            co_return;
        }
        if (timer_.expiry() != due_) {
            timer_.expires_at(due_);
        }
    }
}

} // namespace trafikito::net::link
