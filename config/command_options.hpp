#pragma once
// What a `#:` comment says about the command on the line below it (doc/design.md, "Configuration
// keys", end). Unset means that the setting of the same name holds, or no limit. Shell agents see a
// comment. Pure text.

#include "config/diagnostic_sink.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::config {

struct command_options {
    std::optional<std::chrono::milliseconds> timeout; ///< 100ms to 24h; instead of command_timeout
    std::optional<std::uint64_t> max_output;          ///< 1KiB to 256MiB; instead of the setting
    std::optional<std::chrono::milliseconds> every;   ///< 1s to 365d; run at most that often
    std::optional<int> nice;                          ///< -20 to 19
    std::optional<std::uint64_t> max_memory;          ///< bytes of address space, 1MiB to 16TiB
    std::optional<std::chrono::seconds>
        max_cpu;                     ///< processor time, 1s to 24h, part of a second counts as one
    std::optional<std::string> user; ///< run as that user
    bool daemon = false;             ///< leaves processes behind on purpose: they are not killed

    friend bool operator==(command_options const&, command_options const&) = default;
};

/// Reads `timeout=5s nice=10` (what follows `#:`) into `options`; an option named again overwrites.
/// An unknown option is a warning that names the nearest. A value that cannot be read is an error,
/// and the first reason is returned in words; empty when all went well. `line` and `column` (of the
/// first character of `text`) are for the diagnostics.
std::string parse_command_options(std::string_view text, std::size_t line, std::size_t column,
                                  command_options& options, diagnostic_sink& diagnostics);

/// Whether a text is nothing but options that could be read: `timeout=5s nice=10`.
bool are_command_options(std::string_view text);

/// All options as `.TP` entries of a man page.
std::string describe_command_options_man();

} // namespace trafikito::config
