#pragma once
// The settings in force and the connection that they describe, renewed together when the
// configuration changes between two cycles. Used by the daemon and --once.

#include "agent/persistence/state.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/diagnostic.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"
#include "exec/command.hpp"
#include "net/api/client.hpp"
#include "net/http/client.hpp"
#include "net/link/resolver.hpp"
#include "net/retry/retry_policy.hpp"
#include "net/retry/retrying.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::daemon {

/// What an API was found to be before a restart: of `identity` alone (machine.hpp,
/// identity_fingerprint()), but for the edge.
struct known_api {
    std::string edge; ///< the base address that answered last, if any
    std::string identity;
    bool wants_machine = false;
    std::chrono::seconds least_interval{0};
};

/// As an earlier process found it.
known_api known_from(persistence::state const& value);

class session {
public:
    /// `settings` were just loaded from `config_file`. `known` is from before a restart. `watch`
    /// hears when an order is asked for once more; none where no order is.
    session(boost::asio::any_io_executor executor, config::settings settings,
            std::vector<std::string> environment, base::clock& time, base::log& log,
            known_api known = {}, net::retry::order_watch* watch = nullptr);

    /// Makes the client; returns in words why it cannot be made (ca_file, an address), empty when
    /// it was.
    std::string open();

    /// Reads the files again when one of them changed, or `always`. A broken file is logged and
    /// changes nothing, and so does one that others could have written: it is read again the next
    /// time, until it is mended. Only between cycles. `always` takes all keys over, else only the
    /// tunables of trafikito.app.
    void refresh(bool always);

    /// Raises the interval to the least one that the API takes, which it named with its last
    /// answer, or takes that back; said in the log. Only between cycles. Returns by how much longer
    /// the interval is now.
    std::chrono::milliseconds follow_api();

    /// In force: the interval is the configured one, or the API's least one where that is longer.
    [[nodiscard]] config::settings const& settings() const { return settings_; }
    /// The configured one.
    [[nodiscard]] std::chrono::milliseconds own_interval() const { return own_interval_; }
    [[nodiscard]] exec::execution_environment const& around() const { return around_; }

    /// Tries again what is safe to repeat.
    net::api::client& api() { return *patient_; }

private:
    enum class reading : std::uint8_t { tunables, all };

    [[nodiscard]] config::loaded_settings load() const;
    [[nodiscard]] std::string dynamic_stamp() const;
    std::string connect(config::settings const& with);
    [[nodiscard]] net::api::machine_facts machine_facts_for(config::settings const& with) const;
    void raise_interval(config::settings& of) const;

    boost::asio::any_io_executor executor_;
    config::settings settings_;
    std::vector<std::string> environment_;
    base::clock& time_;
    base::log& log_;
    known_api known_;
    std::string identity_; ///< of settings_
    std::string boot_id_;
    std::chrono::milliseconds own_interval_; ///< as configured
    net::retry::order_watch* watch_;
    std::string stamp_;
    std::optional<reading> owed_; ///< what was asked for and is to be done when it may be
    exec::execution_environment around_;
    std::unique_ptr<net::link::resolver> names_;
    std::unique_ptr<net::http::client> client_;
    std::unique_ptr<net::api::client> api_;
    net::retry::retry_memory memory_; ///< outlives a change of the configuration
    std::unique_ptr<net::api::client> patient_;
};

/// How the API is reached, and whom to trust.
net::http::client_settings http_settings_of(config::settings const& from);

/// Each diagnostic as a line of the log, at its own level.
void log_all(std::vector<config::diagnostic> const& diagnostics, base::log& log);

/// Who could write the configuration must not choose which files root reads and writes for him:
/// then there is no log_file and no metrics_file, tmp_file is in var_dir, and the key of an
/// api_key_file that it names is not sent to the API that it names. True when that changed
/// anything.
bool take_back_files(config::settings& of);

/// Threshold and format that the settings ask for; `journal` when stderr goes there.
void apply_log_settings(config::settings const& settings, base::log& log);

/// HOME and USER of the user that the commands run as.
exec::execution_environment environment_of(config::settings const& settings);

} // namespace trafikito::agent::daemon
