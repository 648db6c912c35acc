#pragma once
// Open files that hold a report and its trailer: how they are read, spent, and judged. Used by
// report_file and report_spool.

#include "agent/persistence/spool_trailer.hpp"
#include "base/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

#include <sys/stat.h>

namespace trafikito::agent::persistence {

/// A regular file of that user that nobody else may open or know by another name.
bool is_alone(struct stat const& facts, uid_t owner);

/// The same of this process's user.
bool is_ours_alone(struct stat const& facts);

/// Of a regular file; 0 of anything else.
std::uint64_t size_of(int file);

/// Nothing when the file does not end with a whole trailer, or with one that is spent.
std::optional<trailer> read_trailer(int file);

/// Whether the report is still what was sealed: reads all of it.
bool is_whole(int file, trailer const& sealed);

/// The report is done with: its end says so, on the disk, too (fdatasync(2)). An errno, or 0.
int spend(int file, std::uint64_t size);

/// Opens what is_ours_alone() and nothing else, not even for a moment: no FIFO is waited for, no
/// device is opened. Else none. `facts` are its own.
base::descriptor open_if_ours_alone(std::filesystem::path const& path, struct stat& facts);

/// Whether the file ends in the line of a seal that is not spent; the rest may be damaged.
bool ends_in_seal(int file);

/// Where the end says that something is sealed; not waited for.
int spend_if_sealed(int file, std::uint64_t size);

/// All of one file to the end of another; an errno, or 0.
int copy_file(int from, int to);

/// Whether `path` names that very file, which is no link then.
bool is_named(std::filesystem::path const& path, int file);

} // namespace trafikito::agent::persistence
