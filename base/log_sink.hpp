#pragma once
// Where the server's one-line messages go; serve gives one that writes to stderr, a test one that
// collects. A line never holds a key or a token, and what came from the network stands in it
// escaped and cut.

#include <functional>
#include <string_view>

namespace trafikito::base {

/// Called with one line, without the newline.
using log_sink = std::function<void(std::string_view line)>;

} // namespace trafikito::base
