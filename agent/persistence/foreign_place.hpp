#pragma once
// A file for other programs, in a directory that may belong to others: metrics_file, which
// node_exporter reads. It is replaced in one step, and never through a link of others, so that
// nobody turns the agent's rights against a file elsewhere.

#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::agent::persistence {

/// Replaces `path` by a file of mode 0644, beside it first (`PATH.new`). Links on the way to its
/// directory are followed where root or the agent's user made them. What stands there must be a
/// regular file that begins with `mark`, or be empty, or nothing: else it is somebody's file.
/// Returns in words, with the path, why not; empty when it is written. Not synced.
std::string replace_in_foreign_place(std::filesystem::path const& path, std::string_view content,
                                     std::string_view mark);

} // namespace trafikito::agent::persistence
