#include "net/api/multipart.hpp"

#include "base/ascii.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <cstdint>

namespace trafikito::net::api {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::size_t max_parts = 32;
constexpr std::size_t max_part_headers = 8UL * 1024;
constexpr std::size_t max_boundary = 70; // RFC 2046, 5.1.1

/// As browsers write a name between quotes (WHATWG HTML, "multipart/form-data").
std::string quoted(std::string_view text) {
    std::string escaped = "\"";
    for (char const c : text) {
        switch (c) {
        case '"':
            escaped += "%22";
            break;
        case '\r':
            escaped += "%0D";
            break;
        case '\n':
            escaped += "%0A";
            break;
        default:
            escaped += c;
        }
    }
    return escaped + '"';
}

std::string_view trim_blanks(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes a token or a quoted string off the front of `text`.
std::optional<std::string> take_value(std::string_view& text) {
    std::string value;
    if (!text.starts_with('"')) {
        auto const end = std::min(text.find(';'), text.size());
        value = trim_blanks(text.substr(0, end));
        text.remove_prefix(end);
        return value;
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return value;
        }
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) {
            ++i;
        }
        value += text[i];
    }
    return std::nullopt;
}

/// The parameter of `KIND; a=b; name="value"`: nothing when the header is malformed, an empty text
/// when the parameter is missing.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
    std::string found;
    auto rest = header.substr(std::min(header.find(';'), header.size()));
    while (!rest.empty()) {
        if (!rest.starts_with(';')) {
            return std::nullopt;
        }
        rest = trim_blanks(rest.substr(1));
        if (rest.empty()) {
            break;
        }
        auto const equals = rest.find('=');
        if (equals == std::string_view::npos) {
            return std::nullopt;
        }
        auto const key = trim_blanks(rest.substr(0, equals));
        rest = trim_blanks(rest.substr(equals + 1));
        auto value = take_value(rest);
        if (!value) {
            return std::nullopt;
        }
        if (base::equals_ignoring_case(key, name)) {
            found = std::move(*value);
        }
        rest = trim_blanks(rest);
    }
    return found;
}

std::string_view kind_of(std::string_view header) {
    return trim_blanks(header.substr(0, header.find(';')));
}

std::optional<part> parse_part_headers(std::string_view headers) {
    while (!headers.empty()) {
        auto const line = headers.substr(0, headers.find(crlf));
        headers.remove_prefix(std::min(line.size() + crlf.size(), headers.size()));
        auto const colon = line.find(':');
        if (colon == std::string_view::npos) {
            return std::nullopt;
        }
        if (!base::equals_ignoring_case(trim_blanks(line.substr(0, colon)),
                                        "Content-Disposition")) {
            continue;
        }
        auto const disposition = trim_blanks(line.substr(colon + 1));
        auto name = parameter(disposition, "name");
        auto filename = parameter(disposition, "filename");
        if (!base::equals_ignoring_case(kind_of(disposition), "form-data") || !name ||
            name->empty() || !filename) {
            return std::nullopt;
        }
        return part{std::move(*name), std::move(*filename), {}};
    }
    return std::nullopt;
}

struct delimiter {
    std::size_t begin; ///< where the bytes before it end
    std::size_t end;   ///< where what follows it begins
    bool closes;
};

/// The next line `--BOUNDARY` or `--BOUNDARY--` that starts at or after `from` (RFC 2046, 5.1.1).
std::optional<delimiter> find_delimiter(std::string_view body, std::string_view dashed,
                                        std::size_t from) {
    for (auto at = body.find(dashed, from); at != std::string_view::npos;
         at = body.find(dashed, at + 1)) {
        bool const opens_body = at == 0;
        bool const opens_line = at >= from + crlf.size() && body.substr(at - 2, 2) == crlf;
        if (!opens_body && !opens_line) {
            continue;
        }
        auto const begin = opens_body ? 0 : at - crlf.size();
        auto const after = at + dashed.size();
        if (body.substr(after).starts_with("--")) {
            return delimiter{begin, after + 2, true};
        }
        auto const line_end = body.find_first_not_of(" \t", after);
        if (line_end != std::string_view::npos && body.substr(line_end).starts_with(crlf)) {
            return delimiter{begin, line_end + crlf.size(), false};
        }
    }
    return std::nullopt;
}

std::optional<std::string> boundary_of(std::string_view content_type) {
    if (!base::equals_ignoring_case(kind_of(content_type), "multipart/form-data")) {
        return std::nullopt;
    }
    auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > max_boundary) {
        return std::nullopt;
    }
    return boundary;
}

std::string open_part(std::string_view boundary, std::string_view name) {
    std::string text = "--";
    text += boundary;
    text += "\r\nContent-Disposition: form-data; name=";
    text += quoted(name);
    return text;
}

} // namespace

std::string random_boundary() {
    constexpr std::string_view digits = "0123456789abcdef";
    base::random_source random;
    std::string boundary(24, '-');
    for (int word = 0; word < 4; ++word) {
        auto bits = static_cast<std::uint32_t>(random());
        for (int digit = 0; digit < 8; ++digit) {
            boundary += digits[bits & 0xF];
            bits >>= 4;
        }
    }
    return boundary;
}

std::string multipart_content_type(std::string_view boundary) {
    return "multipart/form-data; boundary=" + std::string(boundary);
}

std::string open_field(std::string_view boundary, std::string_view name) {
    return open_part(boundary, name) + "\r\n\r\n";
}

std::string open_file(std::string_view boundary, std::string_view name, std::string_view filename,
                      std::string_view content_type) {
    return open_part(boundary, name) + "; filename=" + quoted(filename) +
           "\r\nContent-Type: " + std::string(content_type) + "\r\n\r\n";
}

std::string close_multipart(std::string_view boundary) {
    return "--" + std::string(boundary) + "--\r\n";
}

std::optional<std::vector<part>> parse_multipart(std::string_view content_type,
                                                 std::string_view body) {
    auto const boundary = boundary_of(content_type);
    if (!boundary) {
        return std::nullopt;
    }
    auto const dashed = "--" + *boundary;
    std::vector<part> parts;
    auto opened = find_delimiter(body, dashed, 0);
    while (opened && !opened->closes) {
        auto const head = body.substr(opened->end);
        auto const head_size = head.substr(0, max_part_headers).find("\r\n\r\n");
        if (head_size == std::string_view::npos || parts.size() == max_parts) {
            return std::nullopt;
        }
        auto next = parse_part_headers(head.substr(0, head_size));
        // The blank line's own CRLF may belong to the delimiter of an empty part.
        auto const bytes_at = opened->end + head_size + 2 * crlf.size();
        auto const closed = find_delimiter(body, dashed, bytes_at - crlf.size());
        if (!next || !closed) {
            return std::nullopt;
        }
        auto const bytes_end = std::max(closed->begin, bytes_at);
        next->bytes = body.substr(bytes_at, bytes_end - bytes_at);
        parts.push_back(std::move(*next));
        opened = closed;
    }
    if (!opened) {
        return std::nullopt;
    }
    return parts;
}

std::optional<std::string_view> find_part(std::vector<part> const& parts, std::string_view name) {
    for (auto const& candidate : parts) {
        if (candidate.name == name) {
            return candidate.bytes;
        }
    }
    return std::nullopt;
}

} // namespace trafikito::net::api
