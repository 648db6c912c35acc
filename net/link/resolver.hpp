#pragma once
// From a host name to addresses. http_client asks it; a test hands in its own. DNS cannot be
// cancelled, so the one for the system never makes anybody wait for a look-up that is not wanted
// any more.

#include "net/link/failure.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace trafikito::net::link {

using addresses = std::vector<boost::asio::ip::tcp::endpoint>;

class resolver {
public:
    virtual ~resolver() = default;

    /// At least one address, in the order in which to try them, or a failure at step::resolve. Ends
    /// at once with operation_aborted (thrown) when the coroutine is cancelled.
    virtual boost::asio::awaitable<result<addresses>> resolve(std::string host,
                                                              std::uint16_t port) = 0;
};

/// A look-up that blocks, run in a thread of its own: it must touch nothing that can go away.
using blocking_lookup =
    std::function<result<addresses>(std::string const& host, std::uint16_t port)>;

/// Each look-up in a thread that nobody joins: destroying the resolver, or the io_context, does not
/// wait for it. While `max_lookups` hang, another one fails at once. Literal addresses and
/// `localhost` take no thread. Where threads are forbidden (by a filter of system calls), the
/// look-up blocks the loop: late is better than never. The resolver must go before the executor's
/// io_context does.
std::unique_ptr<resolver> make_threaded_resolver(boost::asio::any_io_executor executor,
                                                 blocking_lookup lookup,
                                                 std::size_t max_lookups = 4);

/// The above over getaddrinfo(3).
std::unique_ptr<resolver> make_system_resolver(boost::asio::any_io_executor executor,
                                               std::size_t max_lookups = 4);

} // namespace trafikito::net::link
