#pragma once
// A deadline for a coroutine. http_client runs every request under one. Private to net/: it
// instantiates Asio's parallel groups. (operator|| swallows exceptions of its first operand: NOTES
// on Boost 1.81.)

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
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

namespace trafikito::net {

/// What `op` returns, or nothing when the deadline came first; `op` has ended either way. Rethrows
/// what `op` throws; throws operation_aborted when the coroutine that awaits it is cancelled.
template <class T>
boost::asio::awaitable<std::optional<T>> within(boost::asio::awaitable<T> op,
                                                std::chrono::steady_clock::time_point deadline) {
    namespace asio = boost::asio;
    auto const executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, deadline);
    auto [order, thrown, value, timer_error] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, std::move(op), asio::deferred),
            timer.async_wait(asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    if (order[0] == 1 && !timer_error) {
        co_return std::nullopt;
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    co_return std::move(value);
}

} // namespace trafikito::net
