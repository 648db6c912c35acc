#pragma once
// What the steps of `why` share: where to look, and what the steps before found out. Each step
// takes it, adds what it learned, and returns what to say. Nothing of the installation is changed
// through it.

#include "agent/diagnosis/environment.hpp"
#include "agent/diagnosis/step.hpp"
#include "agent/persistence/state.hpp"
#include "agent/persistence/status.hpp"
#include "config/command_list.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"
#include "net/api/order.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::diagnosis {

/// What keeps the agent running here, as far as its files and the service manager say.
struct service {
    enum class kind : std::uint8_t { nothing, systemd, openrc, sysv, container };

    kind by = kind::nothing;
    std::string name; ///< of the unit or the script; empty: none is this installation's
    std::string user; ///< that it starts the agent as; empty: root, or not known
};

/// Where `why` is to look, and for what.
struct question {
    std::filesystem::path config_file;
    std::string found_by;                 ///< why that one; empty: --config names it
    std::vector<std::string> environment; ///< as it was handed to this process, `NAME=value` each
    std::string not_enrolled;         ///< why a machine that enrols itself has no configuration yet
    std::filesystem::path root = "/"; ///< of the file system, for what belongs to the machine
};

class known {
public:
    explicit known(question what) : asked(std::move(what)) {}

    /// A file of the machine, below the root.
    [[nodiscard]] std::filesystem::path at_root(std::string_view path) const {
        return asked.root / std::filesystem::path(path).relative_path();
    }

    /// What holds, as far as it could be read. Only after `has_settings()`.
    [[nodiscard]] config::settings const& settings() const { return *settings_so_far; }
    [[nodiscard]] bool has_settings() const { return settings_so_far.has_value(); }

    /// The daemon of this installation runs (it may be frozen).
    [[nodiscard]] bool daemon_runs() const { return daemon.has_value(); }
    /// The same, also where what it says of itself is not to be read.
    [[nodiscard]] bool agent_lives() const { return daemon_runs() || daemon_unseen; }
    /// What who reports here says of itself: the daemon, or, where single cycles are begun by
    /// something else, the last one of these.
    [[nodiscard]] std::optional<persistence::daemon_status> const& reporting() const {
        return !daemon && !driver.empty() ? status : daemon;
    }
    /// Its number, where a process was seen to be it; else 0: no signal can be told of.
    [[nodiscard]] pid_t agents_pid() const {
        return daemon ? static_cast<pid_t>(daemon->pid) : daemon_unseen ? holder : 0;
    }

    /// Looks with the rights that the daemon has, or root's: what cannot be seen is not there.
    [[nodiscard]] bool sees_as_daemon() const;

    /// Who the daemon is, where one runs, whatever run_as says; else who it would be; empty: who
    /// started it. A number where that user has no name.
    [[nodiscard]] std::string daemons_user() const;
    /// The same as a number: this process's own where nobody is named.
    [[nodiscard]] uid_t daemons_uid() const;

    /// `trafikito-agent check --config FILE`, or another subcommand, to be typed.
    [[nodiscard]] std::string typed(std::string_view subcommand) const;

    /// This program as it is to be typed: by its name where a shell finds it so.
    [[nodiscard]] std::string program() const;

    /// What starts the agent, to be typed.
    [[nodiscard]] std::string how_to_start() const;

    /// Where a key that counts is written, to be corrected: `api_url in FILE`, `https_proxy in the
    /// environment of the agent, process 42`.
    [[nodiscard]] std::string where_written(std::string_view key) const;
    /// The environment variable that sets the key; empty: none does.
    [[nodiscard]] std::string variable_of(std::string_view key) const;

    question asked;
    diagnosis::environment environment; ///< with which the configuration was read
    config::loaded_settings loaded;
    std::optional<config::settings> settings_so_far;
    std::vector<base::secret> secrets;
    bool configuration_is_whole = false; ///< an agent would start with it
    bool addresses_are_meant = false;    ///< no error is about who is called, and how
    diagnosis::service service;
    std::optional<persistence::daemon_status> status; ///< of the last daemon, if there was any
    /// Of one that runs; its pid is that as seen from here, or 0 (persistence::living_agent).
    std::optional<persistence::daemon_status> daemon;
    bool daemon_unseen = false; ///< one runs, or may, and what it says of itself cannot be read
    pid_t holder = 0;           ///< an agent of this configuration, seen or not
    std::optional<uid_t> running_as; ///< whom the agent that runs is
    std::optional<persistence::state> state;
    std::optional<config::command_list> list;
    std::optional<net::api::order> order; ///< the newest that is known
    std::string order_from;               ///< whence it is known
    std::string driver;       ///< what begins single cycles (driver.hpp); empty: nothing does
    bool reached_api = false; ///< it answered just now
    /// The configuration was written since the API was last asked, which may not be asked again
    /// before: whether it takes the key is not known.
    std::optional<base::wall_time> key_untried_until;
    std::string other_agent;            ///< one with another configuration, in words
    std::chrono::seconds clock_jump{0}; ///< by which the wall clock was set since the agent wrote
};

/// `42 s ago`, `3 h 20 min ago`; `never`.
std::string ago(std::optional<base::timestamp> const& when);

/// The name of a user, or the number where it has none.
std::string user_name(uid_t user);

} // namespace trafikito::agent::diagnosis
