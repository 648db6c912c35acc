#pragma once
// The one table of every key of the configuration (doc/design.md, "Configuration keys"): what it is
// called, what may stand in it, what holds without it. The reader of files, --help, the man page
// and every error speak from it.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trafikito::config {

/// In the order of the table.
enum class key_id : std::uint8_t {
    server_id,
    api_key,
    api_key_file,
    workspace_id,
    url_get_config,
    url_output,
    api_url,
    api_version,
    base_dir,
    available_commands,
    var_dir,
    tmp_file,
    log_file,
    random_number,
    run_as,
    strict_modes,
    interval,
    command_timeout,
    cycle_timeout,
    kill_grace,
    command_env,
    max_parallel,
    max_output,
    max_report,
    request_timeout,
    retries,
    ca_file,
    client_cert,
    client_key,
    pin,
    proxy,
    no_proxy,
    spool_max_size,
    spool_max_age,
    allow_widgets,
    log_level,
    log_format,
    metrics_file
};

/// What kind of value a key takes.
enum class value_type : std::uint8_t {
    text,        ///< printable text
    user,        ///< name or number of a user
    token,       ///< printable ASCII without blanks: what goes into a header
    path,        ///< a relative one starts at base_dir
    url,         ///< https://, or http:// towards loopback
    url_list,    ///< comma-separated
    pins,        ///< sha256/BASE64, comma-separated
    proxy,       ///< http:// or https:// address, may carry a password: never shown
    environment, ///< NAME=value words: never shown, a value may be a secret
    duration,    ///< 30s, 5m, 1h, 500ms
    size,        ///< 64KiB, 1MiB
    count,
    yes_no,
    choice
};

struct key {
    key_id id;
    std::string_view name;  ///< canonical: lower case
    std::string_view alias; ///< another name found in the field, lower case; may be empty
    value_type type;
    std::int64_t minimum; ///< milliseconds, bytes or a plain number; only for duration, size, count
    std::int64_t maximum;
    std::string_view choices;       ///< for a choice: the words, separated by one blank
    std::string_view default_value; ///< as one would write it; empty when there is none to write
    std::string_view default_words; ///< the default in words, where default_value does not tell all
    bool tunable;                   ///< may stand in trafikito.app, too
    std::string_view description;   ///< one line, no full stop

    /// Whether its value must stay out of every message.
    [[nodiscard]] bool is_secret() const;
};

/// All keys, in the order of key_id.
std::span<key const> keys();

key const& describe(key_id id);

/// By name or alias, in any case; nullptr when there is none such.
key const* find_key(std::string_view name);

/// The known name (keys and aliases) with the smallest edit distance, for "did you mean"; nothing
/// when none is near (more than a third of its letters differ).
std::optional<std::string_view> nearest_key(std::string_view name);

/// What may stand in it, in words: `a duration from 1s to 24h`, `text or json`.
std::string describe_values(key const& of);

/// All keys for --help-keys: name, description, default in columns, wrapped at 80 characters.
std::string describe_keys_text();

/// The tunable keys or the others as `.TP` entries of a man page (roff, man macros), escaped.
std::string describe_keys_man(bool tunable);

} // namespace trafikito::config
