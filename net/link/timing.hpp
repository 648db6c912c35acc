#pragma once
// Time as net/ is handed it: retries wait and edges remember by it, and a test moves it. The agent
// passes its clock on.

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>

namespace trafikito::net::link {

using steady_time = std::chrono::steady_clock::time_point;

/// What `until` is where nobody set a limit.
inline constexpr steady_time no_limit = steady_time::max();

using now_function = std::function<steady_time()>;

struct timing {
    now_function now = [] { return std::chrono::steady_clock::now(); };

    /// Completes at that moment; throws operation_aborted when cancelled.
    std::function<boost::asio::awaitable<void>(steady_time)> sleep_until;
};

} // namespace trafikito::net::link
