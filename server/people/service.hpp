#pragma once
// All of this room, put together: what a server has that shows people what it knows. The process
// that serves has one.

#include "server/people/board.hpp"
#include "server/people/front.hpp"
#include "server/people/machine_endpoints.hpp"
#include "server/people/means.hpp"
#include "server/people/output_endpoints.hpp"
#include "server/people/watch.hpp"

namespace trafikito::server::people {

class service {
public:
    /// `agents` answers what agents ask; it outlives this.
    service(means const& with, http::application& agents);
    service(service const&) = delete;
    service& operator=(service const&) = delete;

    /// For the listener: people and programs, and behind them agents.
    http::application& application() { return front_; }

    /// Until stop().
    boost::asio::awaitable<void> run() { return watch_.follow(); }
    void stop() { watch_.stop(); }

private:
    front front_;
    board board_;
    watch watch_;
    machine_endpoints machines_;
    output_endpoints outputs_;
};

} // namespace trafikito::server::people
