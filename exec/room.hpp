#pragma once
// How many commands of one order run at once: as many as are allowed, and fewer as soon as the
// machine has no room for one more (a limit of processes, say). Used by run_all(); knows no
// command.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

namespace trafikito::exec {

/// As long as nothing of ours runs and nothing can be started, that is how long it is tried again:
/// what takes the room belongs to others then, and may go away.
inline constexpr std::chrono::milliseconds room_patience{5'000};

class room {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `at_once`: places, at least 1. Nobody waits beyond `until`.
    room(boost::asio::any_io_executor const& executor, std::size_t at_once, time_point until);

    /// Takes a place as soon as there is one; also when `until` is over or the coroutine is
    /// cancelled, so that whoever waited can say so. leave() must follow.
    boost::asio::awaitable<void> enter();

    /// Gives the place back.
    void leave();

    /// A command was started.
    void sufficed();

    /// A command could not be started for want of room. From now on there are fewer places: half of
    /// those that were in use, since a command is more than one process as a rule. Where nothing
    /// else runs it waits a little. False when that has been done in vain for room_patience, or
    /// until `until`: the command is to be given up.
    boost::asio::awaitable<bool> lacked();

private:
    boost::asio::awaitable<bool> pause();

    std::size_t places_;
    std::size_t taken_ = 0;
    time_point until_;
    boost::asio::steady_timer freed_; ///< due when all is over; cancelled when a place is free
    boost::asio::steady_timer pause_timer_;
    std::chrono::milliseconds next_pause_;
    std::optional<time_point> give_up_at_; ///< while nothing can be started
};

} // namespace trafikito::exec
