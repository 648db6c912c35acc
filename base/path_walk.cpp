#include "base/path_walk.hpp"

#include "base/file.hpp"
#include "base/number.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <sstream>
#include <system_error>
#include <utility>

namespace trafikito::base {

namespace fs = std::filesystem;

namespace {

constexpr int most_links = 40; ///< as Linux itself
constexpr std::size_t longest_target = 4096;
constexpr mode_t permissions = 07777;
constexpr mode_t others_write = S_IWGRP | S_IWOTH;

// Not in every <linux/magic.h>.
constexpr unsigned long mqueue_magic = 0x19800202;
constexpr unsigned long configfs_magic = 0x62656570;
constexpr unsigned long fuse_magic = 0x65735546;
constexpr unsigned long fuse_control_magic = 0x65735543;
constexpr unsigned long rpc_pipe_magic = 0x67596969;
constexpr unsigned long resctrl_magic = 0x07655821;

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

std::string cannot_be_read(int error) {
    return "cannot be read: " + std::generic_category().message(error);
}

std::string other_kind(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "is a directory, not a file";
    }
    return S_ISFIFO(mode) ? "is a FIFO, not a regular file" : "is not a regular file";
}

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

std::string why_unreliable(int file, struct stat const& of) {
    struct statfs mounted{};
    if (::fstatfs(file, &mounted) != 0) {
        return {}; // filtered, of an old kernel: nobody else can bring that about
    }
    auto const magic = static_cast<unsigned long>(mounted.f_type) & 0xFFFFFFFFUL;
    if (magic == fuse_magic) {
        return why_not_fuse(of);
    }
    auto const* const found = std::ranges::find(kernel_made, magic, &named_magic::magic);
    return found == kernel_made.end()
               ? std::string()
               : "lies on " + std::string(found->name) + ", where files hold what a process says";
}

bool on_read_only_mount(int file) {
    struct statfs mounted{};
    return ::fstatfs(file, &mounted) == 0 &&
           (static_cast<unsigned long>(mounted.f_flags) & ST_RDONLY) != 0;
}

path_step make_step(std::string const& path, int file, struct stat const& facts) {
    path_step step;
    step.path = path;
    step.owner = facts.st_uid;
    step.group = facts.st_gid;
    step.mode = facts.st_mode & permissions;
    if (S_ISDIR(facts.st_mode)) {
        step.is = path_step::kind::directory;
    } else {
        step.is = S_ISLNK(facts.st_mode) ? path_step::kind::link : path_step::kind::file;
        step.names = facts.st_nlink;
        step.unreliable = why_unreliable(file, facts);
    }
    bool const writable = !S_ISLNK(facts.st_mode) && (facts.st_mode & others_write) != 0;
    step.read_only = writable && on_read_only_mount(file);
    return step;
}

} // namespace

/// One walk: where it stands, and what is still to go.
class walk_along {
public:
    walk_along(path_walk& all, bool to_read, walked_path& result)
        : all_(all), to_read_(to_read), result_(result) {}

    void run(std::string const& path) {
        push(path);
        bool going = enter_root();
        while (going && !ahead_.empty()) {
            auto const name = std::exchange(ahead_.back(), {});
            ahead_.pop_back();
            going = name == ".." ? leave() : take(name);
        }
        if (going && !result_.file.open()) {
            result_.problem = other_kind(S_IFDIR);
        }
    }

private:
    /// What `path` names is to come before the rest.
    void push(std::string const& path) {
        std::vector<std::string> names;
        std::istringstream parts(path);
        for (std::string name; std::getline(parts, name, '/');) {
            if (!name.empty() && name != ".") {
                names.push_back(name);
            }
        }
        ahead_.insert(ahead_.end(), names.rbegin(), names.rend());
    }

    bool fail(int error) {
        // ENOTDIR: a part of the path is a file, so nothing can be there either.
        result_.missing = error == ENOENT || error == ENOTDIR;
        result_.problem = cannot_be_read(error);
        return false;
    }

    bool refuse(std::string problem) {
        result_.problem = std::move(problem);
        return false;
    }

    bool stand_in(std::string path) {
        here_ = std::move(path);
        result_.steps.push_back(all_.seen_.at(here_).facts);
        return true;
    }

    bool enter_root() { return enter("/", "/") || fail(errno); }

    /// The directory that this one was entered from, whatever was moved since; the root's is
    /// itself. Where it was forgotten, the one above it now: another one only where it could be
    /// moved.
    bool leave() { return enter(fs::path(here_).parent_path().string(), "..") || fail(errno); }

    /// Stands in the directory `path` then, called `name` from here. False, and errno, when it
    /// cannot.
    bool enter(std::string const& path, std::string const& name) {
        if (!all_.seen_.contains(path)) {
            // O_DIRECTORY: so a directory that is to be mounted when it is used, is.
            auto opened = open(name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
            struct stat facts{};
            if (!opened.open() || ::fstat(opened.get(), &facts) != 0) {
                return false;
            }
            auto step = make_step(path, opened.get(), facts);
            all_.seen_.insert_or_assign(path,
                                        path_walk::directory{std::move(opened), std::move(step)});
        }
        return stand_in(path);
    }

    /// From where it stands. Where no descriptor is left, what other walks may use is forgotten.
    descriptor open(std::string const& name, int flags) {
        auto const found = all_.seen_.find(here_);
        int const above = found == all_.seen_.end() ? AT_FDCWD : found->second.opened.get();
        descriptor opened(::openat(above, name.c_str(), flags | O_CLOEXEC));
        if (!opened.open() && (errno == EMFILE || errno == ENFILE) && all_.seen_.size() > 1) {
            std::erase_if(all_.seen_, [this](auto const& one) { return one.first != here_; });
            opened = descriptor(::openat(above, name.c_str(), flags | O_CLOEXEC));
        }
        return opened;
    }

    bool take(std::string const& name) {
        auto const path = here_ == "/" ? here_ + name : here_ + "/" + name;
        if (all_.seen_.contains(path)) {
            return stand_in(path);
        }
        if (!ahead_.empty()) {
            if (enter(path, name)) {
                return true;
            }
            if (errno != ENOTDIR && errno != ELOOP) {
                return fail(errno);
            }
        }
        descriptor const found = open(name, O_PATH | O_NOFOLLOW);
        struct stat facts{};
        if (!found.open() || ::fstat(found.get(), &facts) != 0) {
            return fail(errno);
        }
        if (S_ISLNK(facts.st_mode)) {
            return follow(path, found, facts);
        }
        bool const readable = to_read_ && S_ISREG(facts.st_mode) && ahead_.empty();
        return readable ? open_file(path, name, found, facts) : end_at(path, found, facts);
    }

    bool follow(std::string const& path, descriptor const& link, struct stat const& facts) {
        std::string target(longest_target, '\0');
        auto const size = ::readlinkat(link.get(), "", target.data(), target.size());
        if (size < 0) {
            return fail(errno);
        }
        target.resize(static_cast<std::size_t>(size));
        result_.steps.push_back(make_step(path, link.get(), facts));
        if (++links_ > most_links) {
            return fail(ELOOP);
        }
        push(target);
        return target.starts_with('/') ? enter_root() : stand_in(here_);
    }

    /// The file that has the name now: what counts is what was opened.
    bool open_file(std::string const& path, std::string const& name, descriptor const& found,
                   struct stat const& outside) {
        // O_NONBLOCK: it may have become a FIFO meanwhile.
        descriptor file = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        struct stat facts{};
        if (!file.open() || ::fstat(file.get(), &facts) != 0) {
            int const error = errno;
            // Who may not read it can still tell who may write it.
            result_.steps.push_back(make_step(path, found.get(), outside));
            return fail(error);
        }
        if (!S_ISREG(facts.st_mode)) {
            return refuse(other_kind(facts.st_mode));
        }
        result_.steps.push_back(make_step(path, file.get(), facts));
        result_.file = std::move(file);
        return true;
    }

    bool end_at(std::string const& path, descriptor const& found, struct stat const& facts) {
        result_.steps.push_back(make_step(path, found.get(), facts));
        return ahead_.empty() ? refuse(other_kind(facts.st_mode)) : fail(ENOTDIR);
    }

    path_walk& all_;
    bool to_read_;
    walked_path& result_;
    std::string here_;               ///< a directory of all_.seen_
    std::vector<std::string> ahead_; ///< the next one last
    int links_ = 0;
};

walked_path path_walk::open(fs::path const& path) {
    walked_path result;
    walk_along(*this, true, result).run(path.string());
    return result;
}

std::vector<path_step> path_walk::look(fs::path const& path) {
    walked_path result;
    walk_along(*this, false, result).run(path.string());
    return std::move(result.steps);
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
