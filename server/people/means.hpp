#pragma once
// What all endpoints of this room work with.

#include "base/log.hpp"
#include "base/wall_clock.hpp"
#include "server/store/store_thread.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace trafikito::server::people {

/// All of it outlives them. Everything runs in the serving thread.
struct means {
    boost::asio::any_io_executor serving;
    store::store_thread& writes; ///< the one that agents' reports go to as well
    store::store_thread& reads;  ///< of another store of the same, that holds nobody up
    base::wall_clock now;
    base::log& log;
};

} // namespace trafikito::server::people
