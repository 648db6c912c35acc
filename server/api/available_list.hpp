#pragma once
// The server's view of a machine's available_commands.sh: which names it offers. The API and the
// order command use it. What the lines mean is the agent's business; the server never runs or makes
// one.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

inline constexpr std::size_t max_available_lines = 4096;

/// The valid lines (doc/protocol.md, "Files of an installation") of what an agent sent, one each
/// with a newline, the first 4,096 that together are not larger than 1 MiB; everything else is left
/// out.
std::string valid_lines(std::string_view text);

/// What stands between the quotes of valid lines, by name; as the machine's shell has it, of
/// several of one name the last.
std::map<std::string, std::string, std::less<>> available_lines(std::string_view text);

/// The names in valid lines, each once, in the order of their first line.
std::vector<std::string> available_names(std::string_view text);

} // namespace trafikito::server::api
