#pragma once
// Everything the configuration says, typed, with the defaults of the table of keys (doc/design.md,
// "Configuration keys"). build_settings makes it; the whole agent reads it. It knows no file and
// checks nothing.

#include "base/path_walk.hpp"
#include "base/secret.hpp"
#include "config/environment_commands.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::config {

enum class api_version : std::uint8_t { v1 = 1, v2 = 2 };
enum class log_level : std::uint8_t { debug, info, warning, error };
enum class log_format : std::uint8_t { text, json };

/// Who this machine is to the API. Both are printable ASCII without blanks, 1 to 256 characters.
struct identity {
    std::string server_id;
    base::secret api_key;

    friend bool operator==(identity const&, identity const&) = default;
};

/// What may change while the agent runs: the keys that trafikito.app may hold.
struct tunables {
    std::chrono::milliseconds interval = std::chrono::seconds(60);
    std::chrono::milliseconds command_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds cycle_timeout = std::chrono::seconds(50);
    std::chrono::milliseconds kill_grace = std::chrono::seconds(2);
    std::vector<std::string> command_env; ///< `NAME=value` each; a value may be a secret
    std::uint64_t max_parallel = 8;
    std::uint64_t max_output = 1024ULL * 1024;
    std::uint64_t max_report = 8ULL * 1024 * 1024;
    std::chrono::milliseconds request_timeout = std::chrono::seconds(30);
    std::uint64_t retries = 3;
    std::filesystem::path ca_file; ///< empty: the system's trust
    std::filesystem::path client_cert;
    std::filesystem::path client_key;
    std::string pin;      ///< `sha256/BASE64,…`; empty: any key that is trusted
    base::secret proxy;   ///< `http[s]://[user:password@]host:port`; empty: none
    std::string no_proxy; ///< curl's rules; empty: nothing is reached without the proxy
    std::uint64_t spool_max_size = 64ULL * 1024 * 1024;
    std::chrono::milliseconds spool_max_age = std::chrono::hours(24);
    bool allow_widgets = false;
    config::log_level level = config::log_level::info;
    config::log_format format = config::log_format::text;
    std::filesystem::path metrics_file;       ///< empty: none is written
    std::vector<base::path_step> config_way;  ///< to config_file, as found when it was read
    std::vector<base::path_step> dynamic_way; ///< to dynamic_file, as far as it led

    friend bool operator==(tunables const&, tunables const&) = default;
};

/// All of them: those read at start and on SIGHUP, and the tunables.
struct settings : tunables {
    identity who;
    config::api_version version = config::api_version::v2;
    std::string url_get_config; ///< both set when version is v1
    std::string url_output;
    std::vector<std::string> api_url; ///< never empty when version is v2; no slash at the end
    std::filesystem::path config_file;
    std::filesystem::path dynamic_file;       ///< trafikito.app beside it, whether it exists or not
    std::filesystem::path api_key_file;       ///< empty when the key stands in the configuration
    bool api_key_file_of_environment = false; ///< or a credential: no file names it
    std::filesystem::path base_dir;
    std::filesystem::path available_commands;
    std::filesystem::path var_dir;
    std::filesystem::path tmp_file;
    std::filesystem::path log_file; ///< empty: to the journal or stderr; - is stdout
    std::optional<std::chrono::seconds>
        random_number;  ///< unset: the agent picks one below interval
    std::string run_as; ///< empty: stay who we are
    std::vector<environment_command> environment_commands; ///< they beat those of the list
    bool strict_modes = true;
    bool strict_modes_of_environment = false; ///< it was said there, not in config_file

    friend bool operator==(settings const&, settings const&) = default;
};

} // namespace trafikito::config
