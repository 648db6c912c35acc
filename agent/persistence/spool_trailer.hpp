#pragma once
// How a file of the report spool ends: behind the report's bytes one line of JSON with what
// belongs to it, and one line of fixed length that says how long both are, with a checksum of the
// JSON. The bytes need none: the file got its name only after fsync(2). Pure text.

#include "base/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::agent::persistence {

/// What belongs to a report besides its bytes.
struct report_metadata {
    std::string id;            ///< a UUID: who gets it twice can tell
    std::string token;         ///< of the order that it answers
    base::timestamp collected; ///< when its commands had ended
    std::chrono::seconds last_cycle{0};
    std::string results = "[]"; ///< JSON (results_field.hpp)

    friend bool operator==(report_metadata const&, report_metadata const&) = default;
};

struct trailer {
    report_metadata facts;
    std::uint64_t report_size = 0; ///< bytes before the trailer
};

inline constexpr std::size_t trailer_end_size = 54; ///< of the line of fixed length
inline constexpr std::uint64_t max_trailer_size = 8ULL * 1024 * 1024;

std::string format_trailer(trailer const& value);

/// How long the trailer is of which `end` are the last trailer_end_size bytes, these included.
/// Nothing when that is no such line or it says more than max_trailer_size.
std::optional<std::uint64_t> trailer_size(std::string_view end);

/// `text` is the whole trailer. Nothing when anything of it is not what format_trailer() writes.
std::optional<trailer> parse_trailer(std::string_view text);

/// Random (RFC 9562, version 4), lower case.
std::string random_uuid();

} // namespace trafikito::agent::persistence
