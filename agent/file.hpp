#pragma once
// Writing the agent's few files below var_dir. Links are not followed and nothing is left half
// written.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace trafikito::agent {

/// Whether a write waits until the disk has it.
enum class durability : std::uint8_t { none, synced };

/// Replaces `path` in one step: a file beside it, fsync, rename, fsync of the directory. 0640.
/// Returns in words why it could not, empty when it did; the old file is whole then.
std::string replace_file(std::filesystem::path const& path, std::string_view content,
                         durability wanted = durability::synced);

/// The same, with the content that `write` puts into an open file; it returns an errno, or 0.
std::string replace_file(std::filesystem::path const& path,
                         std::function<int(int descriptor)> const& write,
                         durability wanted = durability::synced);

/// Creates `path`, which must not exist: 0600 for `secret` content, else 0644. Returns as above.
std::string create_file(std::filesystem::path const& path, std::string_view content, bool secret);

/// All bytes, or the errno of what failed.
int write_fully(int descriptor, std::string_view bytes);

} // namespace trafikito::agent
