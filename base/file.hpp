#pragma once
// Small files: read whole within a bound, written whole or not at all. Never waits for a FIFO, and
// never writes through a link. Used wherever a program of ours keeps something.

#include "base/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/types.h>

namespace trafikito::base {

struct file_content {
    std::optional<std::string> content;
    bool missing = false; ///< there is no such file
    std::string problem;  ///< in words, after the path: `cannot be read: Permission denied`
};

/// A regular file of at most `limit` bytes (through symbolic links). A directory, FIFO, socket or
/// device is a problem, and none is waited for.
file_content read_file(std::filesystem::path const& path, std::size_t limit);

/// The same of a file that is open for reading already.
file_content read_file(descriptor const& file, std::size_t limit);

/// Whether a write waits until the disk has it.
enum class durability : std::uint8_t { none, synced };

/// Puts bytes into an open file; returns an errno, or 0.
using file_writer = std::function<int(int descriptor)>;

/// One that writes `content`, which must live as long, into a file of exactly that mode, whatever
/// the umask.
file_writer with_mode(std::string_view content, mode_t mode);

/// Replaces `path` in one step: a file beside it (`PATH.new`, 0640 less the umask), fsync, rename,
/// fsync of the directory. After an error the old file is whole. One process at a time.
std::error_code replace_file(std::filesystem::path const& path, file_writer const& write,
                             durability wanted = durability::synced);
std::error_code replace_file(std::filesystem::path const& path, std::string_view content,
                             durability wanted = durability::synced);

/// Makes `path`, with exactly that mode. `file_exists`, and nothing changes, when it is there; of
/// several processes that make it at once the first one's is there, whole.
std::error_code create_file(std::filesystem::path const& path, std::string_view content,
                            mode_t mode);

/// What the file holds is on the disk when this returns. An errno, or 0.
int sync_file(std::filesystem::path const& path);

/// What was made, renamed or removed in the directory of `path` is on the disk when this returns.
/// An errno, or 0.
int sync_directory_of(std::filesystem::path const& path);

/// `PATH cannot be written: No space left on device`; empty when there is no error.
std::string cannot_write(std::filesystem::path const& path, std::error_code error);

/// All bytes, or the errno of what failed.
int write_fully(int descriptor, std::string_view bytes);

/// The same from `offset` on; where the file stands does not move.
int write_fully_at(int descriptor, std::string_view bytes, std::uint64_t offset);

} // namespace trafikito::base
