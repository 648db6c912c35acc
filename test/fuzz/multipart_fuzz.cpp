// multipart/form-data as the server reads it: the input's first line is the Content-Type.
#include "net/api/multipart.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

/// Those names are written as browsers write them, in a way that is not turned back.
bool is_written_as_it_is(std::string_view name) {
    return name.find_first_of("\"\\\r\n") == std::string_view::npos;
}

std::string written(std::vector<net::api::part> const& parts, std::string const& boundary) {
    std::string text;
    for (auto const& part : parts) {
        text += part.filename.empty()
                    ? net::api::open_field(boundary, part.name)
                    : net::api::open_file(boundary, part.name, part.filename, "text/plain");
        text += part.bytes;
        text += "\r\n";
    }
    return text + net::api::close_multipart(boundary);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const [type, body] = split(as_text(data, size), '\n');
    auto const parts = net::api::parse_multipart(type, body);
    if (!parts) {
        return 0;
    }
    must(parts->size() <= 32, "at most 32 parts");
    bool plain = true;
    for (auto const& part : *parts) {
        must(!part.name.empty(), "each part has a name");
        must(is_inside(part.bytes, body), "the bytes of a part are the body's own");
        plain = plain && is_written_as_it_is(part.name) && is_written_as_it_is(part.filename);
    }
    std::string const boundary = "------------------------0123456789abcdef0123456789abcdef";
    if (!plain || body.find(boundary) != std::string_view::npos) {
        return 0;
    }
    auto const text = written(*parts, boundary);
    auto const again = net::api::parse_multipart(net::api::multipart_content_type(boundary), text);
    must(again && again->size() == parts->size(), "what is written has the same parts");
    for (std::size_t at = 0; at < parts->size(); ++at) {
        must((*again)[at].name == (*parts)[at].name &&
                 (*again)[at].filename == (*parts)[at].filename &&
                 (*again)[at].bytes == (*parts)[at].bytes,
             "what is written reads back as the same part");
    }
    return 0;
}
