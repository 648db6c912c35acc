#pragma once
// On which mount a file lies, and what that forbids there: what no chmod can mend. Asked of the
// kernel.

#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::agent::inspection {

struct mount_facts {
    std::string point; ///< `/srv`; empty where it is not known
    bool no_exec = false;
    bool no_suid = false;
    bool read_only = false;
};

/// Of what is there, or of the nearest folder above it that is.
mount_facts mount_of(std::filesystem::path const& file);

/// The longest mount point on the way to `file` (without links) in the text of
/// /proc/self/mountinfo (proc(5)); empty when there is none.
std::string find_mount_point(std::string_view mountinfo, std::string_view file);

/// Whether it has the attribute `i` of chattr(1), by which not even root writes it.
bool is_immutable(std::filesystem::path const& file);

} // namespace trafikito::agent::inspection
