#pragma once
// One coroutine ended by another, or by a deadline. http_client runs every request so. Private to
// net/: it instantiates Asio's parallel groups. (operator|| swallows exceptions of its first
// operand: doc/traps.md, "Asio".)

#include "base/spawn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace trafikito::net::link {

/// What `op` returns, or nothing when `end` ended first; both have ended either way. Rethrows what
/// `op` throws; throws operation_aborted when the coroutine that awaits it is cancelled.
template <class T>
boost::asio::awaitable<std::optional<T>> unless(boost::asio::awaitable<T> op,
                                                boost::asio::awaitable<void> end) {
    namespace asio = boost::asio;
    auto const executor = co_await asio::this_coro::executor;
    auto done = co_await asio::experimental::make_parallel_group(
                    base::spawn(executor, std::move(op), asio::deferred),
                    base::spawn(executor, std::move(end), asio::deferred))
                    .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    auto& [order, thrown, value, end_thrown] = done;
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    if (order[0] == 1 && !end_thrown) {
        co_return std::nullopt;
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    co_return std::move(value);
}

inline boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point deadline) {
    namespace asio = boost::asio;
    asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

/// unless(), with the deadline as the end.
template <class T>
boost::asio::awaitable<std::optional<T>> within(boost::asio::awaitable<T> op,
                                                std::chrono::steady_clock::time_point deadline) {
    return unless(std::move(op), wait_until(deadline));
}

} // namespace trafikito::net::link
