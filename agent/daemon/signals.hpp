#pragma once
// The signals that the agent obeys, with who sent them: a command may end itself and what it
// started, but not the agent. (KILL and STOP nobody can refuse; they need `user=` at a command, or
// a service manager.)

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <initializer_list>

#include <sys/types.h>

namespace trafikito::agent::daemon {

struct received_signal {
    int number = 0;
    pid_t sender = 0; ///< 0: the kernel, or a process that our pid namespace does not show
};

/// Blocks the signals for all of this process and reads them from a signalfd(2), or, where that is
/// refused, has a handler for each that writes it into a pipe.
class signals {
public:
    /// Throws system_error when there is no descriptor to be had.
    signals(boost::asio::any_io_executor const& executor, std::initializer_list<int> numbers);

    /// From now on each is handed to `handler`, in the loop.
    void listen(std::function<void(received_signal)> handler);

    /// Stops listening, so that the io_context can run out of work.
    void stop();

private:
    void wait();

    boost::asio::posix::stream_descriptor descriptor_;
    std::function<void(received_signal)> handler_;
};

} // namespace trafikito::agent::daemon
