#pragma once
// What the file system under a file means for who can write it, and for its times. Used by
// path_walk.

#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

namespace trafikito::base {

/// statfs(2)'s f_type. Nothing where it is filtered, of an old kernel: nobody else can bring that
/// about.
std::optional<unsigned long> file_system_of(int file);

/// Why owner and mode of a file there say nothing of who writes it; empty when they do. `of`: the
/// file.
std::string why_unreliable(std::optional<unsigned long> file_system, struct stat const& of);

bool on_read_only_mount(int file);

/// Whether a file that is written there gets another time, at least when its last one is not quite
/// new.
bool has_exact_times(std::optional<unsigned long> file_system);

/// The user who mounted the file system of that device, from the text of /proc/self/mountinfo: 0
/// where it does not say (only root can then). Nothing when it is not there.
std::optional<uid_t> find_mounter(std::string_view mountinfo, unsigned major, unsigned minor);

} // namespace trafikito::base
