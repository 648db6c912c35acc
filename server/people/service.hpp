#pragma once
// All of this room, put together: what a server has that shows people what it knows. The process
// that serves has one.

#include "server/people/board.hpp"
#include "server/people/enrolment_endpoints.hpp"
#include "server/people/entrance.hpp"
#include "server/people/front.hpp"
#include "server/people/machine_endpoints.hpp"
#include "server/people/means.hpp"
#include "server/people/metrics_endpoints.hpp"
#include "server/people/output_endpoints.hpp"
#include "server/people/people_endpoints.hpp"
#include "server/people/series_endpoints.hpp"
#include "server/people/surroundings.hpp"
#include "server/people/watch.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace trafikito::server::people {

class service {
public:
    /// `agents` answers what agents ask; it outlives this.
    service(means const& with, http::application& agents);
    service(service const&) = delete;
    service& operator=(service const&) = delete;

    /// For the listener: people and programs, and behind them agents.
    http::application& application() { return front_; }

    // For tests.
    [[nodiscard]] router const& routes() { return front_.routes(); }
    gatekeeper& gate() { return front_.gate(); }
    entrance& door() { return entrance_; }

    /// Where it is reached, and what new machines download; from now on.
    void use(surroundings around) { *around_ = std::move(around); }

    /// Whom to ask how the process does; from now on.
    void use(server_state state) { metrics_.use(std::move(state)); }

    /// Once in a few seconds.
    void tick(std::chrono::steady_clock::time_point now) { entrance_.tick(now); }

    /// Until stop().
    boost::asio::awaitable<void> run() { return watch_.follow(); }
    void stop() { watch_.stop(); }

private:
    std::shared_ptr<surroundings> around_ = std::make_shared<surroundings>();
    front front_;
    entrance entrance_;
    people_endpoints people_;
    enrolment_endpoints enrolments_;
    board board_;
    watch watch_;
    machine_endpoints machines_;
    output_endpoints outputs_;
    series_endpoints series_;
    metrics_endpoints metrics_;
};

} // namespace trafikito::server::people
