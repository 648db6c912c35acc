#pragma once
// What a daemon tells systemd (sd_notify(3)): that it is ready, what it does, that it still turns.
// Everything is a no-op where no service manager asked to be told.

#include "base/descriptor.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::base {

class service_manager {
public:
    /// `socket` as in NOTIFY_SOCKET: a path, or a name that begins with `@` or a NUL.
    service_manager(std::string socket, std::optional<std::chrono::microseconds> watchdog);

    /// Of NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, which it removes from the environment.
    static service_manager from_environment();

    void ready(std::string_view status) const;
    void status(std::string_view text) const;
    /// Starting, or stopping, may take so much longer from now on.
    void needs_time(std::chrono::seconds more) const;
    void reloading() const; ///< ready() ends it
    void stopping() const;
    void alive() const;

    /// How often alive() must be called at least; nothing when nobody watches.
    [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

private:
    void send(std::string const& text) const;

    std::string socket_;
    descriptor sender_; ///< opened at the start: later there may be no descriptor left
    std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace trafikito::base
