#pragma once
// What the outside sees of the running agent: var/trafikito.status for `status` and `healthcheck`,
// and systemd's notifications. The watchdog is fed only while the loop turns and cycles end.

#include "agent/cycle/cycle_outcome.hpp"
#include "agent/daemon/command_history.hpp"
#include "agent/daemon/metrics.hpp"
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
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::agent::daemon {

/// What comes after now.
struct outlook {
    std::chrono::milliseconds interval{0};       ///< in force
    std::chrono::milliseconds configured{0};     ///< the same, but where the API asks for more
    std::optional<base::clock::steady_time> due; ///< of the next cycle, if there will be one
    std::uint64_t skipped = 0;                   ///< cycles, since the start
};

class supervision {
public:
    supervision(boost::asio::any_io_executor const& executor, base::clock& time, base::log& log);

    /// The daemon is ready, which systemd is told; from now on the watchdog is fed. `story`: what
    /// comes next, in words. What an agent before it left of the same server goes on: when a report
    /// was last accepted, and how the last cycle ended.
    void begin(config::settings const& settings, std::string const& story, outlook const& next);

    /// One cycle of --once, of which systemd hears nothing. Where a daemon lives on the same
    /// directory all the same, because no lock could be had, its status stays as it is.
    void begin_once(config::settings const& settings, outlook const& next);

    /// `settings` are those of this cycle: they say how long it may take before it counts as hung.
    void cycle_begins(config::settings const& settings);
    void cycle_ended(cycle::cycle_outcome const& outcome, outlook const& next);

    /// SIGHUP came; reloaded() must follow, whatever became of the files.
    void reloading();
    void reloaded();

    /// The agent was asked to end. The watchdog is fed until end().
    void stopping();

    /// Stops feeding the watchdog, so that the io_context can run out of work.
    void end();

    /// The last word: it ended, by what is said.
    void ended(std::string_view by);

    [[nodiscard]] bool cycle_running() const { return status_.cycle_began.has_value(); }

private:
    /// Of the status, since it was written last.
    enum class what : std::uint8_t {
        pace, ///< interval, and when a cycle began or is due
        all
    };

    void start_status(config::settings const& settings, outlook const& next);
    void go_on_from(persistence::daemon_status&& before);
    void look_ahead(outlook const& next);
    void note_answer(cycle::cycle_outcome const& outcome);
    void note_delivery(cycle::cycle_outcome const& outcome);
    void keep_alive();
    [[nodiscard]] bool hung() const;
    [[nodiscard]] std::string shown(std::string_view text) const;
    void write(what changed);
    void write_metrics();

    base::clock& time_;
    base::log& log_;
    base::service_manager manager_;
    boost::asio::steady_timer feed_;
    persistence::daemon_status status_;
    command_history commands_{status_.commands};
    std::optional<persistence::record_file> file_; ///< none: nothing is written
    metrics metrics_;
    std::filesystem::path metrics_file_; ///< empty: none
    std::string lasting_part_;           ///< of what it holds
    std::string story_;                  ///< for the service manager
    base::clock::steady_time cycle_began_;
    std::chrono::milliseconds longest_cycle_{0}; ///< beyond it a cycle counts as hung
    bool hung_said_ = false;
};

} // namespace trafikito::agent::daemon
