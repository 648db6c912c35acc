#pragma once
// How a file with a finished report ends: one line of JSON with what belongs to it, and one line of
// fixed length that says how long the report and that JSON are, with a checksum of the JSON. In the
// JSON is the checksum of the report. The report stands at the beginning of the file, the trailer
// at its end; what lies between is of no meaning, for the file is written over and over in place.
// A report that is done with has another word at the beginning of its last line (spent_mark).
//
// An older agent's (`trafikito-report 1`) follows the report at once, and has no checksum of it:
// the file got its name only after fsync(2). Pure text.

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
    std::uint64_t report_size = 0; ///< bytes, from the beginning of the file
    std::uint32_t report_sum = 0;  ///< checksum() of them
    std::uint64_t number = 0;      ///< of the report, in the order of keeping
    std::string identity;          ///< whose it is: machine.hpp, identity_fingerprint()
    bool in_place = true;          ///< false: an older agent's, which has none of these three
};

inline constexpr std::size_t trailer_end_size = 54; ///< of the line of fixed length

/// Written over the beginning of that line when the report is done with.
inline constexpr std::string_view spent_mark = "trafikito-spent  2 ";
inline constexpr std::uint64_t max_trailer_size = 8ULL * 1024 * 1024;

/// As it is written now; `in_place` is not looked at.
std::string format_trailer(trailer const& value);

/// How long the trailer is of which `end` are the last trailer_end_size bytes, these included.
/// Nothing when that is no such line or it says more than max_trailer_size.
std::optional<std::uint64_t> trailer_size(std::string_view end);

/// `text` is the whole trailer. Nothing when anything of it is not what format_trailer() writes.
std::optional<trailer> parse_trailer(std::string_view text);

/// Random (RFC 9562, version 4), lower case.
std::string random_uuid();

} // namespace trafikito::agent::persistence
