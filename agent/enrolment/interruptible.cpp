#include "agent/enrolment/interruptible.hpp"

#include "agent/daemon/signals.hpp"
#include "base/spawn.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <csignal>
#include <exception>

namespace trafikito::agent::enrolment {

namespace asio = boost::asio;

int run_until_signal(std::function<asio::awaitable<void>(surroundings)> work) {
    asio::io_context context{1};
    daemon::signals signals(context.get_executor(), {SIGTERM, SIGINT, SIGQUIT});
    exec::warden warden(context.get_executor());
    auto const names = net::link::make_system_resolver(context.get_executor());
    asio::cancellation_signal stop;
    int received = 0;
    signals.listen([&](daemon::received_signal which) {
        if (!warden.command_of(which.sender)) {
            received = which.number;
            stop.emit(asio::cancellation_type::terminal);
        }
    });
    auto finish = [&](std::exception_ptr const& failed) {
        signals.stop();
        warden.stop();
        try {
            if (failed) {
                std::rethrow_exception(failed);
            }
        } catch (boost::system::system_error const& error) {
            if (error.code() != asio::error::operation_aborted || received == 0) {
                throw;
            }
        }
    };
    base::spawn(context.get_executor(), work({warden, *names}),
                asio::bind_cancellation_slot(stop.slot(), finish));
    context.run();
    return received;
}

} // namespace trafikito::agent::enrolment
