#pragma once
// The file of `serve --limits FILE`: what the server grants, which SIGHUP reads again. Each key may
// be left out, and the command line beats them. serve uses it.

#include "base/log.hpp"
#include "config/diagnostic.hpp"
#include "server/cli/commands.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::server::cli {

struct limits {
    std::optional<std::uint64_t>
        machine_quota; ///< bytes kept of one machine, 1 MiB to 1 PiB; 0: no bound
    std::optional<std::uint64_t>
        machine_rate; ///< bytes a minute from one, 64 KiB to 1 TiB; 0: no bound
    std::optional<std::size_t> max_connections;       ///< 8 to 100,000
    std::optional<std::chrono::seconds> min_interval; ///< 0 to 10 years
    std::optional<std::chrono::seconds> keep;         ///< 1 s to 10 years
    std::optional<std::chrono::seconds> keep_values;  ///< the same
    std::optional<std::uint64_t> keep_size; ///< bytes of the disk, 1 MiB to 1 PiB; 0: no bound
    std::optional<base::severity> log_level;
};

struct parsed_limits {
    limits values;
    std::vector<config::diagnostic> diagnostics; ///< errors all; what they are about is not set
};

/// Lines of `key = value`, written as in trafikito.cfg; `#` begins a comment. A duration needs its
/// unit, but for `min_interval = 0`. A key that is unknown or set twice is an error.
///
/// `file` only names the file in diagnostics.
parsed_limits parse_limits(std::string_view text, std::string_view file);

/// The same of a file; that it cannot be read is an error, too.
parsed_limits find_limits(std::filesystem::path const& file);

/// The configuration is wrong: exit 2, as of a wrong command line, so that nobody starts it again
/// and again.
class wrong_configuration : public std::runtime_error {
public:
    /// `lines` as a compiler prints them; `one_line` for a log.
    wrong_configuration(std::string const& lines, std::string one_line)
        : std::runtime_error(lines), one_line_(std::move(one_line)) {}

    [[nodiscard]] std::string const& in_one_line() const { return one_line_; }

private:
    std::string one_line_;
};

/// Throws wrong_configuration with all that is wrong, as a compiler prints it: nothing of such a
/// file holds.
limits read_limits(std::filesystem::path const& file);

/// The limits of the command line, of the file where it names none, of the program where neither
/// does.
struct effective_limits {
    std::chrono::seconds min_interval = defaults::min_interval;
    std::chrono::seconds keep = defaults::keep;
    std::chrono::seconds keep_values = defaults::keep_values;
    std::uint64_t keep_size = defaults::keep_size; ///< 0: no bound, as for the next two
    std::uint64_t machine_quota = defaults::machine_quota;
    std::uint64_t machine_rate = defaults::machine_rate;
    std::size_t max_connections = defaults::max_connections;
    base::severity log_level = defaults::log_level;
};

effective_limits limits_of(serve_options const& options, limits const& file);

} // namespace trafikito::server::cli
