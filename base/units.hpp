#pragma once
// Numbers as people read them, in the log and in the agent's own lines of a report.

#include <chrono>
#include <cstdint>
#include <string>

namespace trafikito::base {

/// `30 s`, `1.5 s`, `16 ms`: at most one decimal, and milliseconds below a second. What is shown of
/// a duration anywhere is shown like that, or by in_words() of time_text.hpp where minutes and
/// hours say more.
std::string in_seconds(std::chrono::milliseconds duration);

/// The form that reports have (doc/protocol.md, `stopped after N s`): always seconds, `0.3 s`, with
/// at most one decimal.
std::string in_seconds_alone(std::chrono::milliseconds duration);

/// `812 bytes`, `12.3 KiB`, `4.0 MiB`, `4.0 GiB`.
std::string in_bytes(std::uint64_t size);

/// `1 command`, `16 commands`.
std::string count_of(std::size_t count, std::string const& thing);

} // namespace trafikito::base
