// Step 12: room on the disks that the agent writes to.
#include "agent/diagnosis/steps.hpp"

#include "base/shell_quoting.hpp"
#include "base/units.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

/// Bytes: a report or two, or, on a small file system of its own (a tmpfs), a tenth of that.
std::uint64_t little_on(struct statvfs const& room) {
    constexpr std::uint64_t usual = 1024UL * 1024;
    constexpr std::uint64_t share = 10;
    return std::min(usual, static_cast<std::uint64_t>(room.f_blocks) * room.f_frsize / share);
}

void look(std::string const& what, fs::path const& folder, bool as_root, step& result) {
    struct statvfs room{};
    if (::statvfs(folder.c_str(), &room) != 0) {
        return; // the step of permissions says why
    }
    auto const blocks = as_root ? room.f_bfree : room.f_bavail;
    auto const bytes = static_cast<std::uint64_t>(blocks) * room.f_frsize;
    auto const little = little_on(room);
    auto const place = base::shell_quoted(folder.native());
    result.text += (result.text.empty() ? "" : "; ") + what + ' ' + base::in_bytes(bytes) + " free";
    if ((room.f_flag & ST_RDONLY) != 0) {
        result.add({.rank = rank::disk,
                    .sentence = "the disk of " + folder.string() +
                                " is read-only: nothing outlasts "
                                "the agent, reports that cannot be sent at once are lost",
                    .advice = "`dmesg` may say why",
                    .command = "mount -o remount,rw \"$(df -P " + place +
                               " | awk 'NR == 2 { print $6 }')\""});
    } else if (bytes < little || (room.f_files != 0 && room.f_ffree == 0)) {
        bool const inodes = bytes >= little;
        result.add({.rank = rank::disk,
                    .sentence = "the disk of " + folder.string() + " is full (" +
                                (inodes ? "no inode is left" : base::in_bytes(bytes) + " left") +
                                "): reports that cannot be sent at once are lost, and so is what "
                                "the agent must remember",
                    .advice = std::string("make room; this shows what takes it: ") +
                              (inodes ? "du --inodes -x " : "du -xh ") + place +
                              " | sort -h | tail",
                    .command = {}});
    } else if (bytes < 32 * little) {
        result.at_least(verdict::note);
    }
}

} // namespace

step look_at_disk(known& so_far) {
    step result;
    auto const& settings = so_far.settings();
    bool const as_root = so_far.daemons_uid() == 0;
    look("var_dir", settings.var_dir, as_root, result);
    struct stat var{};
    struct stat tmp{};
    auto const gathered_in = settings.tmp_file.parent_path();
    if (::stat(settings.var_dir.c_str(), &var) == 0 && ::stat(gathered_in.c_str(), &tmp) == 0 &&
        var.st_dev != tmp.st_dev) {
        look("tmp_file", gathered_in, as_root, result);
    }
    if (result.text.empty()) {
        result.is = verdict::skipped;
        result.text = "there is no " + settings.var_dir.string() + " yet";
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
