#pragma once
// The files of the page, as they were built into this program. The room of /api/v1 serves them.
// Their source is beside this; it is built by cmake when Node.js is there.

#include <span>
#include <string_view>

namespace trafikito::server::page {

struct file {
    std::string_view path; ///< `/`, `/assets/index-3f2a.js`
    std::string_view content_type;
    std::string_view etag; ///< with its quotes
    std::string_view bytes;
    std::string_view gzip; ///< the same, compressed
    bool changes = false;  ///< its name stays when its content changes
};

/// Empty when this program was built without its page.
std::span<file const> files();

} // namespace trafikito::server::page
