#pragma once
// multipart/form-data (RFC 7578) as reports, feedback and enrolment carry it. The agent writes it
// around bytes that may be a large file; the server reads it from a body that is already bounded.
// Pure text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net::api {

/// A boundary that no report contains but by intent: 128 random bits behind dashes, as curl does
/// it.
std::string random_boundary();

/// `multipart/form-data; boundary=…`
std::string multipart_content_type(std::string_view boundary);

/// What stands around the bytes of one part: write `open_*`, the bytes, CRLF, the next part,
/// `close`.
std::string open_field(std::string_view boundary, std::string_view name);
std::string open_file(std::string_view boundary, std::string_view name, std::string_view filename,
                      std::string_view content_type);
std::string close_multipart(std::string_view boundary);

struct part {
    std::string name;
    std::string filename;   ///< empty for a plain field
    std::string_view bytes; ///< points into the body that was parsed
};

/// `content_type` is the request's header. At most 32 parts, 8 KiB of headers a part. Nothing when
/// the type is another, the boundary is missing or over 70 characters, or the body is not closed.
std::optional<std::vector<part>> parse_multipart(std::string_view content_type,
                                                 std::string_view body);

/// The bytes of the part of that name (the first, if there are several), or nothing.
std::optional<std::string_view> find_part(std::vector<part> const& parts, std::string_view name);

} // namespace trafikito::net::api
