#pragma once
// GET /metrics, for Prometheus: the values of all machines, and how this server does. GET /readyz,
// for whoever sends it work: whether it can take it.

#include "server/people/means.hpp"
#include "server/people/metrics_text.hpp"
#include "server/people/router.hpp"
#include "server/people/watch.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace trafikito::server::people {

/// What the process around knows of itself.
struct server_figures {
    std::uint64_t reports = 0; ///< stored since the start
    std::uint64_t refused = 0; ///< requests of agents since then
    std::size_t connections = 0;
    std::size_t waiting_writes = 0; ///< for the store
    std::size_t waiting_reads = 0;
};

struct server_state {
    std::function<server_figures()> figures = [] { return server_figures(); };
    /// Whether it knows which servers there are.
    std::function<boost::asio::awaitable<bool>()> has_servers;
    std::function<bool()> is_stopping = [] { return false; };
};

class metrics_endpoints {
public:
    /// Of the store, for /readyz.
    static constexpr std::chrono::milliseconds patience{2000};

    metrics_endpoints(means with, watch& board) : with_(std::move(with)), board_(board) {}

    void add_to(router& routes);
    /// From now on.
    void use(server_state state) { state_ = std::move(state); }

private:
    answering metrics(call_ptr what);
    answering ready(call_ptr what);

    means with_;
    watch& board_;
    server_state state_;
};

/// As the board has them.
std::vector<machine_metrics> metrics_of(board const& shown);

} // namespace trafikito::server::people
