#pragma once
// What an enrolment runs in: a loop that SIGTERM, SIGINT or SIGQUIT ends at once, also as PID 1 of
// a container, and in which no command leaves anything behind.

#include "exec/warden.hpp"
#include "net/link/resolver.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace trafikito::agent::enrolment {

struct surroundings {
    exec::warden& warden;
    net::link::resolver& names;
};

/// Runs it to its end, and throws what it throws. Returns the number of the signal that cut it
/// short, else 0.
int run_until_signal(std::function<boost::asio::awaitable<void>(surroundings)> work);

} // namespace trafikito::agent::enrolment
