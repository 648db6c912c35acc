#pragma once
// What all endpoints of this room work with.

#include "base/log.hpp"
#include "base/wall_clock.hpp"
#include "server/store/store_thread.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>

namespace trafikito::server::people {

/// All of it outlives them. Everything runs in the serving thread.
struct means {
    boost::asio::any_io_executor serving;
    store::store_thread& writes; ///< the one that agents' reports go to as well
    store::store_thread& reads;  ///< of another store of the same, that holds nobody up
    base::wall_clock now;
    base::log& log;
    /// Who changes, by `writes`, which servers or enrolment tokens there are or what is asked of
    /// them calls it, so that agents are answered by it at once.
    std::function<void()> servers_changed;
};

} // namespace trafikito::server::people
