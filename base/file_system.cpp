#include "base/file_system.hpp"

#include "base/file.hpp"
#include "base/number.hpp"

#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace trafikito::base {

namespace {

// Not in every <linux/magic.h>.
constexpr unsigned long mqueue_magic = 0x19800202;
constexpr unsigned long configfs_magic = 0x62656570;
constexpr unsigned long fuse_magic = 0x65735546;
constexpr unsigned long fuse_control_magic = 0x65735543;
constexpr unsigned long rpc_pipe_magic = 0x67596969;
constexpr unsigned long resctrl_magic = 0x07655821;

constexpr unsigned long zfs_magic = 0x2fc12fc1;
constexpr unsigned long f2fs_magic = 0xF2F52010;

/// Where a file that is written gets another time, at least when its last one is not quite new.
constexpr std::array exact_times{static_cast<unsigned long>(EXT4_SUPER_MAGIC),
                                 static_cast<unsigned long>(XFS_SUPER_MAGIC),
                                 static_cast<unsigned long>(BTRFS_SUPER_MAGIC),
                                 static_cast<unsigned long>(TMPFS_MAGIC),
                                 static_cast<unsigned long>(OVERLAYFS_SUPER_MAGIC),
                                 zfs_magic,
                                 f2fs_magic};
struct named_magic {
    unsigned long magic;
    char const* name;
};

/// Where a file of root's holds what some process says, or nothing that anybody wrote.
constexpr std::array kernel_made{named_magic{PROC_SUPER_MAGIC, "proc"},
                                 named_magic{SYSFS_MAGIC, "sysfs"},
                                 named_magic{CGROUP_SUPER_MAGIC, "cgroup"},
                                 named_magic{CGROUP2_SUPER_MAGIC, "cgroup2"},
                                 named_magic{DEBUGFS_MAGIC, "debugfs"},
                                 named_magic{TRACEFS_MAGIC, "tracefs"},
                                 named_magic{SECURITYFS_MAGIC, "securityfs"},
                                 named_magic{SELINUX_MAGIC, "selinuxfs"},
                                 named_magic{SMACK_MAGIC, "smackfs"},
                                 named_magic{configfs_magic, "configfs"},
                                 named_magic{BPF_FS_MAGIC, "bpf"},
                                 named_magic{PSTOREFS_MAGIC, "pstore"},
                                 named_magic{EFIVARFS_MAGIC, "efivarfs"},
                                 named_magic{BINFMTFS_MAGIC, "binfmt_misc"},
                                 named_magic{DEVPTS_SUPER_MAGIC, "devpts"},
                                 named_magic{NSFS_MAGIC, "nsfs"},
                                 named_magic{AUTOFS_SUPER_MAGIC, "autofs"},
                                 named_magic{mqueue_magic, "mqueue"},
                                 named_magic{fuse_control_magic, "fusectl"},
                                 named_magic{rpc_pipe_magic, "rpc_pipefs"},
                                 named_magic{resctrl_magic, "resctrl"}};

/// A program of its mounter's answers for everything in it: owners, modes, contents.
std::string why_not_fuse(struct stat const& of) {
    constexpr std::size_t limit = 16UL * 1024 * 1024;
    auto const mounts = read_file("/proc/self/mountinfo", limit);
    auto const mounter =
        find_mounter(mounts.content.value_or(""), ::major(of.st_dev), ::minor(of.st_dev));
    if (!mounter) {
        return "lies on a FUSE mount, of which nobody can tell who made it";
    }
    return *mounter == 0 || *mounter == ::geteuid()
               ? std::string()
               : "lies on a FUSE mount of user " + std::to_string(*mounter) +
                     ", who can show anything there";
}

} // namespace

std::optional<unsigned long> file_system_of(int file) {
    struct statfs mounted{};
    return ::fstatfs(file, &mounted) == 0
               ? std::optional(static_cast<unsigned long>(mounted.f_type) & 0xFFFFFFFFUL)
               : std::nullopt;
}

std::string why_unreliable(std::optional<unsigned long> file_system, struct stat const& of) {
    if (!file_system) {
        return {};
    }
    if (file_system == fuse_magic) {
        return why_not_fuse(of);
    }
    auto const* const found = std::ranges::find(kernel_made, *file_system, &named_magic::magic);
    return found == kernel_made.end()
               ? std::string()
               : "lies on " + std::string(found->name) + ", where files hold what a process says";
}

bool on_read_only_mount(int file) {
    struct statfs mounted{};
    return ::fstatfs(file, &mounted) == 0 &&
           (static_cast<unsigned long>(mounted.f_flags) & ST_RDONLY) != 0;
}

bool has_exact_times(std::optional<unsigned long> file_system) {
    return file_system && std::ranges::find(exact_times, *file_system) != exact_times.end();
}

std::optional<uid_t> find_mounter(std::string_view mountinfo, unsigned major, unsigned minor) {
    // `36 35 0:98 / /mnt rw,noatime master:1 - fuse.sshfs x:/ rw,user_id=1000,group_id=1000`
    // (proc(5)). The source may hold nothing that reads like an option: blanks are written \040.
    auto const device = std::to_string(major) + ':' + std::to_string(minor);
    std::istringstream lines{std::string(mountinfo)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string number;
        std::string above;
        std::string place;
        words >> number >> above >> place;
        if (place != device) {
            continue;
        }
        std::string options;
        for (std::string word; words >> word;) {
            options = std::move(word);
        }
        constexpr std::string_view key = "user_id=";
        auto const at = options.find(key);
        if (at == std::string::npos) {
            return 0;
        }
        auto const value = std::string_view(options).substr(at + key.size());
        return number_in<uid_t>(value.substr(0, value.find(',')));
    }
    return std::nullopt;
}

} // namespace trafikito::base
