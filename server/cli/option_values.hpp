#pragma once
// Values of options, one from its text, and the checks that say what is wrong with one: a check
// returns an empty text, or what the user reads after the option's name. Pure text.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace trafikito::server::cli {

/// Whole seconds, ten years at most. A unit is needed but for 0: `--keep 7` was seven seconds once,
/// and meant seven days.
std::optional<std::chrono::seconds> duration_in(std::string_view text);
std::string check_duration(std::string const& text);
std::string check_positive_duration(std::string const& text);

/// How long an enrolment token may last: 1 minute to 366 days.
std::string check_validity(std::string const& text);

/// The same of a token for programs: to ten years.
std::string check_token_validity(std::string const& text);

/// `https://trafikito.example:8443`; nothing behind the port.
std::string check_server_url(std::string const& text);

/// `postgresql://HOST/NAME`, without a password: what stands in a command line, every user reads.
std::string check_database_address(std::string const& text);

/// `4GiB`, `512MiB`, `65536`; 0: no bound.
std::optional<std::uint64_t> size_in(std::string_view text);
std::string check_quota(std::string const& text); ///< 1 MiB to 1 PiB, or 0
std::string check_rate(std::string const& text);  ///< 64 KiB to 1 TiB, or 0

std::string check_host_name(std::string const& text);
/// An IPv4 or IPv6 address, or a network of them whose bits behind the prefix are 0.
std::string check_network(std::string const& text);

/// `127.0.0.1:8443`, `[::1]:0`.
std::optional<std::pair<std::string, unsigned short>> endpoint_in(std::string text);
std::string check_endpoint(std::string const& text);

/// A command's name as agents know it: `df` is trafikito_df.
std::string with_prefix(std::string const& name);
std::string check_command(std::string const& name);
/// The same, and with one `+` in front.
std::string check_ordered_command(std::string const& name);

/// How many: of `outputs --last` and `--head`, `enroll-command --machines`, `serve
/// --max-connections`.
std::string check_last(std::string const& text);
std::string check_head(std::string const& text);
std::string check_machines(std::string const& text);
std::string check_connections(std::string const& text);

/// What a person, or a token of programs, is called.
std::string check_person_name(std::string const& text);

/// What people call a server, or its id.
std::string check_plain(std::string const& text);

} // namespace trafikito::server::cli
