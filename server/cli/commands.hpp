#pragma once
// What trafikito-server does for each of its subcommands, and what it was told on the command line.
// main calls one of them. They return the exit status (0 ok, 1 failed) and throw std::exception for
// main to report with status 1.

#include "base/log.hpp"
#include "base/output.hpp"
#include "server/cli/data_place.hpp"
#include "server/store/person.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::server::cli {

/// What holds where neither the command line nor the file of limits says anything.
namespace defaults {
inline constexpr std::chrono::seconds min_interval{60};
inline constexpr std::chrono::seconds keep{std::chrono::hours(24 * 7)};
inline constexpr std::chrono::seconds keep_values{std::chrono::hours(24 * 90)};
inline constexpr std::uint64_t keep_size = 0;
inline constexpr std::uint64_t machine_quota = 4ULL * 1024 * 1024 * 1024;
inline constexpr std::uint64_t machine_rate = 32ULL * 1024 * 1024;
inline constexpr std::size_t max_connections = 4096;
inline constexpr base::severity log_level = base::severity::info;
} // namespace defaults

struct serve_options {
    std::filesystem::path data;
    std::optional<std::string> database; ///< as data_place's
    std::string address = "127.0.0.1";
    unsigned short port = 8443;
    std::vector<std::string> host_names;
    std::vector<std::string> trusted_proxies; ///< addresses and networks (10.0.0.0/8), valid
    // Nothing: the file of limits' to say, and then the default of defaults below.
    std::optional<std::chrono::seconds> min_interval;
    std::optional<std::chrono::seconds> keep;
    std::optional<std::chrono::seconds> keep_values;
    std::optional<std::uint64_t> keep_size;     ///< bytes kept of all; 0: no bound
    std::optional<std::uint64_t> machine_quota; ///< bytes kept of one machine; 0: no bound
    std::optional<std::uint64_t> machine_rate;  ///< bytes of one machine in a minute; 0: no bound
    std::optional<std::size_t> max_connections; ///< 8 to 100,000
    std::optional<base::severity> log_level;
    std::optional<base::log::format> log_format; ///< nothing: the journal's there, else text
    std::optional<std::filesystem::path> limits; ///< the file of limits
    bool yes = false; ///< what --keep, --keep-size and --machine-quota delete at the start is meant
    std::optional<std::filesystem::path> port_file;
    std::optional<std::filesystem::path> certificate; ///< one's own, together with key
    std::optional<std::filesystem::path> key;
    std::optional<std::string> public_url; ///< `https://HOST[:PORT]`, where agents reach it
    /// What is shown there, when something in front of this server ends TLS.
    std::optional<std::filesystem::path> public_certificate;
    std::optional<std::filesystem::path> agent_files; ///< the folder of install.sh
    bool page = true; ///< people look at it in a browser, programs ask /api/v1 and /metrics
};

struct password_options {
    data_place data;
    std::optional<std::string> name; ///< nothing: the only administrator, or one who is made
    enum class way : std::uint8_t {
        typed,  ///< at a terminal, or a line of standard input
        link,   ///< that sets one
        log_in, ///< a link that is logged in
    };
    way by = way::typed;
};

struct people_options {
    data_place data;
    bool json = false;
};

struct add_person_options {
    data_place data;
    std::string name;
    store::person_role role = store::person_role::reader;
};

struct remove_person_options {
    data_place data;
    std::string name;
};

struct api_tokens_options {
    data_place data;
    bool json = false;
};

struct make_api_token_options {
    data_place data;
    std::string name;
    store::person_role role = store::person_role::reader;
    std::optional<std::chrono::seconds> valid; ///< nothing: for ever
};

struct revoke_api_token_options {
    data_place data;
    std::string id; ///< the beginning of it, or the token
};

struct enroll_command_options {
    data_place data;
    std::optional<std::string> server_name;
    std::int64_t machines = 1;
    std::chrono::seconds valid{std::chrono::hours(24)};
    std::optional<std::string> url;
    bool token_only = false; ///< print the token and nothing else
};

struct tokens_options {
    data_place data;
    bool json = false;
};

struct revoke_token_options {
    data_place data;
    std::string token; ///< the beginning of its id, or the token
};

struct servers_options {
    data_place data;
    bool json = false;
};

struct add_server_options {
    data_place data;
    std::string name;
    std::optional<std::string> server_id;
    std::optional<std::string> api_key_file; ///< `-`: standard input
};

struct remove_server_options {
    data_place data;
    std::string server; ///< id or name, here and below
};

struct rename_server_options {
    data_place data;
    std::string server;
    std::string name;
};

struct new_key_options {
    data_place data;
    std::string server;
};

struct outputs_options {
    data_place data;
    std::optional<std::string> server;  ///< id or name
    std::optional<std::string> command; ///< with or without prefix
    std::int64_t last = 1;              ///< reports of each server
    bool follow = false;
    std::optional<std::size_t> head; ///< lines of each command
    bool json = false;
    bool raw = false; ///< the bytes of outputs and nothing else
};

struct order_options {
    data_place data;
    std::string server;               ///< id or name
    std::vector<std::string> names;   ///< with prefix, valid; in place of the order that stands
    std::vector<std::string> added;   ///< or else these are added to it,
    std::vector<std::string> removed; ///< and these taken away
    bool all = false;
    bool none = false;
    std::optional<std::chrono::seconds> delay;
};

/// What a shell asks to complete a line; no person calls it.
struct complete_options {
    std::vector<std::string> words; ///< the last one is being typed
};

struct clock_options {
    data_place data;
    bool believe = false;
};

struct backup_options {
    data_place data;
    std::filesystem::path file;
};

struct restore_options {
    data_place data;
    std::filesystem::path file;
    bool yes = false; ///< what is kept goes
};

struct copy_options {
    data_place from; ///< of each a directory, or a database
    data_place to;
};

struct why_options {
    data_place data;
    std::string server; ///< id or name; one that is not there is a finding
    bool json = false;
};

struct values_options {
    data_place data;
    std::string server;              ///< id or name
    std::optional<std::string> rule; ///< one to be tried, as values.conf has it
    bool json = false;
};

struct check_options {
    data_place data;
    serve_options serve;   ///< but for its data
    bool as_serve = false; ///< some of these were given
    bool json = false;
    bool strict = false; ///< a warning counts as an error
    bool full = false;   ///< the whole database
};

int run(serve_options const& options, base::console& to);
int run(enroll_command_options const& options, base::console& to);
int run(password_options const& options, base::console& to);
int run(people_options const& options, base::console& to);
int run(add_person_options const& options, base::console& to);
int run(remove_person_options const& options, base::console& to);
int run(api_tokens_options const& options, base::console& to);
int run(make_api_token_options const& options, base::console& to);
int run(revoke_api_token_options const& options, base::console& to);
int run(tokens_options const& options, base::console& to);
int run(revoke_token_options const& options, base::console& to);
int run(servers_options const& options, base::console& to);
int run(add_server_options const& options, base::console& to);
int run(remove_server_options const& options, base::console& to);
int run(rename_server_options const& options, base::console& to);
int run(new_key_options const& options, base::console& to);
int run(outputs_options const& options, base::console& to);
int run(order_options const& options, base::console& to);
int run(backup_options const& options, base::console& to);
int run(restore_options const& options, base::console& to);
int run(copy_options const& options, base::console& to);
int run(complete_options const& options, base::console& to);
/// 2 when something is wrong that keeps a server from serving.
int run(check_options const& options, base::console& to);
/// 1 when it is doubted.
int run(clock_options const& options, base::console& to);
/// 1 when something is wrong.
int run(why_options const& options, base::console& to);
/// 1 when the rule that is tried finds nothing.
int run(values_options const& options, base::console& to);

} // namespace trafikito::server::cli
