#include "agent/inspection/access.hpp"

#include "agent/daemon/eyes.hpp"
#include "agent/inspection/mounts.hpp"
#include "base/shell_quoting.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

std::string mode_of(fs::path const& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) {
        return {};
    }
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(facts.st_mode & 07777U));
    return std::string(" (mode ") + text.data() + ")";
}

std::string_view verb_of(int mode) {
    if ((mode & W_OK) != 0) {
        return "write to";
    }
    return (mode & X_OK) != 0 ? "run" : "read";
}

std::string target_of(fs::path const& link) {
    std::error_code failed;
    return fs::read_symlink(link, failed).string();
}

/// Whether owner and mode alone would let that user.
bool allows(struct stat const& facts, onlooker const& who, int mode) {
    auto const wanted = static_cast<mode_t>(mode) & static_cast<mode_t>(R_OK | W_OK | X_OK);
    constexpr mode_t may_run = S_IXUSR | S_IXGRP | S_IXOTH;
    if (who.uid == 0) {
        return (wanted & X_OK) == 0 || S_ISDIR(facts.st_mode) || (facts.st_mode & may_run) != 0;
    }
    constexpr unsigned of_owner = 6;
    constexpr unsigned of_group = 3;
    if (facts.st_uid == who.uid) {
        return ((facts.st_mode >> of_owner) & wanted) == wanted;
    }
    // In which other groups that user is is not known here: it is the mode then.
    return (facts.st_mode & wanted) == wanted &&
           (facts.st_gid == who.gid ? ((facts.st_mode >> of_group) & wanted) == wanted : true);
}

} // namespace

bool obstacle::missing() const {
    return error == ENOENT;
}

hindrance obstacle::kind(onlooker const& who, int mode) const {
    struct stat facts{};
    bool const link = ::lstat(at.c_str(), &facts) == 0 && S_ISLNK(facts.st_mode);
    bool const seen = ::stat(at.c_str(), &facts) == 0;
    switch (error) {
    case ENOENT:
        return link ? hindrance::dangling : hindrance::missing;
    case ELOOP:
        return hindrance::loop;
    case ENOTDIR:
        return hindrance::no_folder;
    case EROFS:
        return hindrance::read_only;
    case EPERM:
        return is_immutable(at) ? hindrance::immutable : hindrance::other;
    case EACCES:
        break;
    default:
        return hindrance::other;
    }
    if (!seen) {
        return hindrance::mode;
    }
    constexpr mode_t may_run = S_IXUSR | S_IXGRP | S_IXOTH;
    bool const to_be_run = !on_the_way && (mode & X_OK) != 0 && S_ISREG(facts.st_mode);
    if (to_be_run && (facts.st_mode & may_run) != 0 && mount_of(at).no_exec) {
        return hindrance::no_exec;
    }
    return allows(facts, who, on_the_way ? X_OK : mode) ? hindrance::other : hindrance::mode;
}

std::string obstacle::in_words(onlooker const& who, int mode) const {
    auto const path = at.string();
    switch (kind(who, mode)) {
    case hindrance::missing:
        return "there is no " + path;
    case hindrance::dangling:
        return path + " is a link to " + target_of(at) + ", and there is no such file";
    case hindrance::loop:
        return path + " is a link that leads to itself";
    case hindrance::no_folder:
        return path + " is no folder";
    case hindrance::read_only:
        return path + " is on a read-only file system";
    case hindrance::no_exec:
        return path + " is on a file system where nothing can be run (" + mount_of(at).point +
               " is mounted noexec)";
    case hindrance::immutable:
        return path + " has the attribute i of chattr, by which nobody can change it";
    case hindrance::mode:
        return on_the_way ? "the folder " + path + " does not let user " + who.name + " through" +
                                mode_of(at)
                          : "user " + who.name + " may not " + std::string(verb_of(mode)) + " " +
                                path + mode_of(at);
    case hindrance::other:
        break;
    }
    auto const words = std::generic_category().message(error);
    if (error == EACCES) {
        return "user " + who.name + " may not " + std::string(on_the_way ? "pass" : verb_of(mode)) +
               " " + path + " (" + words + "), though owner and mode" + mode_of(at) + " allow it";
    }
    return path + ": " + words;
}

std::optional<obstacle> find_obstacle(fs::path const& file, int mode) {
    fs::path folder;
    for (auto const& step : file.parent_path()) {
        folder /= step;
        std::error_code failed; // a file may not be "run" either: that it is one comes first
        auto const facts = fs::status(folder, failed);
        if (fs::exists(facts) && !fs::is_directory(facts)) {
            return obstacle{folder, ENOTDIR, true};
        }
        int const error = daemon::may(folder, X_OK);
        if (error != 0) {
            return obstacle{folder, error, true};
        }
    }
    int const error = daemon::may(file, mode);
    return error == 0 ? std::nullopt : std::optional(obstacle{file, error, false});
}

std::string opening_command(obstacle const& what, onlooker const& who, int mode, bool secret) {
    auto const path = base::shell_quoted(what.at.string());
    if (what.on_the_way) {
        return "chmod o+x " + path;
    }
    if ((mode & W_OK) != 0) {
        return "chown " + who.name + " " + path;
    }
    std::string const right = (mode & X_OK) != 0 ? "rx" : "r";
    if (who.uid == 0) { // for whom only that somebody may run it counts
        return "chmod a+" + right + " " + path;
    }
    return secret ? "chgrp " + base::shell_quoted(who.group) + " " + path + " && chmod g+" + right +
                        " " + path
                  : "chmod o+" + right + " " + path;
}

mend find_mend(obstacle const& what, onlooker const& who, int mode, bool secret) {
    auto const path = base::shell_quoted(what.at.string());
    switch (what.kind(who, mode)) {
    case hindrance::missing:
        return {{}, "put it there, or name what is there"};
    case hindrance::dangling:
        return {{},
                "put " + target_of(what.at) + " there, or make the link anew: ln -sfn FILE " +
                    path};
    case hindrance::loop:
        return {"rm " + path, "what is meant must be put there again"};
    case hindrance::no_folder:
        return {"mv " + path + " " + base::shell_quoted(what.at.string() + ".old"), {}};
    case hindrance::read_only:
        return {"mount -o remount,rw " + base::shell_quoted(mount_of(what.at).point),
                "where that is meant to be so, another place must be named"};
    case hindrance::no_exec:
        return {"mount -o remount,exec " + base::shell_quoted(mount_of(what.at).point),
                "for good in /etc/fstab, too; or put it on another file system"};
    case hindrance::immutable:
        return {"chattr -i " + path, {}};
    case hindrance::mode:
        return {opening_command(what, who, mode, secret), {}};
    case hindrance::other:
        break;
    }
    return {{},
            what.error == EACCES || what.error == EPERM
                ? "a security module (SELinux, AppArmor), an access list or a server of files "
                  "forbids it: journalctl -k and getfacl " +
                      path + " tell"
                : "look at the disk: journalctl -k tells of its errors"};
}

std::string mend_of(obstacle const& what, onlooker const& who, int mode, bool secret) {
    auto by = find_mend(what, who, mode, secret);
    if (!by.command.empty()) {
        return "Type: " + by.command + (by.words.empty() ? "" : "; " + by.words + ".");
    }
    by.words.front() = static_cast<char>(by.words.front() - 'a' + 'A');
    return by.words + ".";
}

std::optional<obstacle> find_obstacle_to_making(fs::path const& file) {
    return find_obstacle(file.parent_path(), W_OK | X_OK);
}

} // namespace trafikito::agent::inspection
