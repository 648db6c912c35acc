#pragma once
// What the outside sees of the running daemon: var/trafikito.status for `status` and `healthcheck`,
// and systemd's notifications. The watchdog is fed only while the loop turns and cycles end.

#include "agent/cycle/cycle_outcome.hpp"
#include "agent/persistence/record_file.hpp"
#include "agent/persistence/status.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/service_manager.hpp"
#include "config/settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace trafikito::agent::daemon {

class supervision {
public:
    supervision(boost::asio::any_io_executor const& executor, base::clock& time, base::log& log);

    /// The daemon is ready, which systemd is told; from now on the watchdog is fed. `story`: what
    /// comes next, in words.
    void begin(config::settings const& settings, std::string const& story);

    /// `settings` are those of this cycle: they say how long it may take before it counts as hung.
    void cycle_begins(config::settings const& settings);
    void cycle_ended(cycle::cycle_outcome const& outcome);

    /// SIGHUP came; reloaded() must follow, whatever became of the files.
    void reloading();
    void reloaded();

    /// The agent was asked to end. The watchdog is fed until end().
    void stopping();

    /// Stops feeding the watchdog, so that the io_context can run out of work.
    void end();

    [[nodiscard]] bool cycle_running() const { return status_.cycle_began.has_value(); }

private:
    void keep_alive();
    [[nodiscard]] bool hung() const;
    [[nodiscard]] std::string shown(std::string_view text) const;
    void write();

    base::clock& time_;
    base::log& log_;
    base::service_manager manager_;
    boost::asio::steady_timer feed_;
    persistence::daemon_status status_;
    std::optional<persistence::record_file> file_;
    base::clock::steady_time cycle_began_;
    std::chrono::milliseconds longest_cycle_{0}; ///< beyond it a cycle counts as hung
    bool hung_said_ = false;
};

} // namespace trafikito::agent::daemon
