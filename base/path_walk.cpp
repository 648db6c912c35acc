#include "base/path_walk.hpp"

#include "base/file_system.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <ctime>
#include <set>
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

constexpr std::int64_t nanoseconds = 1'000'000'000;
constexpr std::int64_t not_quite_new = 2 * nanoseconds;

std::string cannot_be_read(int error) {
    return "cannot be read: " + std::generic_category().message(error);
}

std::string other_kind(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "is a directory, not a file";
    }
    return S_ISFIFO(mode) ? "is a FIFO, not a regular file" : "is not a regular file";
}

std::int64_t in_nanoseconds(timespec const& time) {
    return time.tv_sec * nanoseconds + time.tv_nsec;
}

file_stamp stamp_of(struct stat const& facts) {
    return {.device = facts.st_dev,
            .inode = facts.st_ino,
            .size = facts.st_size,
            .written = in_nanoseconds(facts.st_mtim),
            .changed = in_nanoseconds(facts.st_ctim)};
}

bool would_show(file_stamp const& stamp, std::optional<unsigned long> file_system) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return has_exact_times(file_system) &&
           std::max(stamp.written, stamp.changed) < in_nanoseconds(now) - not_quite_new;
}

/// Group or others may write it, so it matters whether that helps them.
bool is_open_to_others(struct stat const& facts) {
    return !S_ISLNK(facts.st_mode) && (facts.st_mode & others_write) != 0;
}

/// What needs no descriptor. `magic`: of the file system, where it is no directory.
path_step make_step(std::string const& path, std::optional<unsigned long> magic,
                    struct stat const& facts) {
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
        step.unreliable = why_unreliable(magic, facts);
    }
    return step;
}

path_step make_step(std::string const& path, int file, struct stat const& facts) {
    auto const magic = S_ISDIR(facts.st_mode) ? std::nullopt : file_system_of(file);
    auto step = make_step(path, magic, facts);
    step.read_only = is_open_to_others(facts) && on_read_only_mount(file);
    return step;
}

} // namespace

/// One walk: where it stands, and what is still to go.
class walk_along {
public:
    walk_along(path_walk& all, bool to_read, std::optional<file_stamp> const& known,
               walked_path& result)
        : all_(all), to_read_(to_read), known_(known), result_(result) {}

    void run(std::string const& path) {
        push(path);
        bool going = enter_root();
        while (going && !ahead_.empty()) {
            auto const name = std::exchange(ahead_.back(), {});
            ahead_.pop_back();
            going = name == ".." ? leave() : take(name);
        }
        if (going && !result_.file.open() && !result_.unchanged) {
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
        if (!is_seen(path) && !is_still(path, name)) {
            // O_DIRECTORY: so a directory that is to be mounted when it is used, is.
            auto opened = open(name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
            struct stat facts{};
            if (!opened.open() || ::fstat(opened.get(), &facts) != 0) {
                all_.repeatable_ = false;
                return false;
            }
            auto step = make_step(path, opened.get(), facts);
            note(name, facts, opened.get(), step.read_only);
            all_.seen_.insert_or_assign(path, path_walk::directory{.opened = std::move(opened),
                                                                   .facts = std::move(step),
                                                                   .device = facts.st_dev,
                                                                   .inode = facts.st_ino,
                                                                   .file_system = {},
                                                                   .look = all_.look_});
        }
        return stand_in(path);
    }

    /// In this look.
    [[nodiscard]] bool is_seen(std::string const& path) const {
        auto const found = all_.seen_.find(path);
        return found != all_.seen_.end() && found->second.look == all_.look_;
    }

    /// Whether `name` is the very directory that an earlier look found at `path`: it is held, so
    /// that no other one can have its number. What may have changed of it is taken over.
    bool is_still(std::string const& path, std::string const& name) {
        auto const found = all_.seen_.find(path);
        struct stat facts{};
        if (found == all_.seen_.end() ||
            ::fstatat(above(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
            return false;
        }
        auto& known = found->second;
        if (!S_ISDIR(facts.st_mode) || facts.st_ino != known.inode ||
            facts.st_dev != known.device) {
            return false;
        }
        known.facts = make_step(path, known.opened.get(), facts);
        known.look = all_.look_;
        note(name, facts, known.opened.get(), known.facts.read_only);
        return true;
    }

    void note(std::string const& name, struct stat const& facts, int opened, bool read_only) {
        all_.observed_.push_back({.in = above(),
                                  .name = name,
                                  .error = 0,
                                  .opened = opened,
                                  .read_only = read_only,
                                  .facts = facts});
    }

    [[nodiscard]] int above() const {
        auto const found = all_.seen_.find(here_);
        return found == all_.seen_.end() ? AT_FDCWD : found->second.opened.get();
    }

    /// From where it stands. Where no descriptor is left, what other walks may use is forgotten.
    descriptor open(std::string const& name, int flags) {
        descriptor opened(::openat(above(), name.c_str(), flags | O_CLOEXEC));
        if (!opened.open() && (errno == EMFILE || errno == ENFILE) && all_.seen_.size() > 1) {
            all_.repeatable_ = false;
            std::erase_if(all_.seen_, [this](auto const& one) { return one.first != here_; });
            opened = descriptor(::openat(above(), name.c_str(), flags | O_CLOEXEC));
        }
        return opened;
    }

    bool take(std::string const& name) {
        auto const path = here_ == "/" ? here_ + name : here_ + "/" + name;
        if (is_seen(path)) {
            return stand_in(path);
        }
        if (ahead_.empty()) {
            if (auto const ended = end_without_opening(path, name)) {
                return *ended;
            }
        }
        if (!ahead_.empty()) {
            if (enter(path, name)) {
                return true;
            }
            if (errno != ENOTDIR && errno != ELOOP) {
                return fail(errno);
            }
        }
        all_.repeatable_ = false;
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

    /// Where the last step can be judged, and need not be read, by its name in a directory that is
    /// held. Nothing where it must be opened after all.
    std::optional<bool> end_without_opening(std::string const& path, std::string const& name) {
        auto& in = all_.seen_.at(here_);
        struct stat facts{};
        if (::fstatat(in.opened.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
            int const error = errno;
            all_.observed_.push_back(
                {.in = in.opened.get(), .name = name, .error = error, .facts = {}});
            return fail(error);
        }
        // Of the same device: on the same file system, which cannot go while the directory is held.
        bool const plain = (S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode)) &&
                           facts.st_dev == in.device && !is_open_to_others(facts);
        if (!plain) {
            return std::nullopt;
        }
        if (!in.file_system) {
            in.file_system = file_system_of(in.opened.get());
        }
        bool const read = to_read_ && S_ISREG(facts.st_mode);
        if (!in.file_system || (read && known_ != stamp_of(facts))) {
            return std::nullopt;
        }
        result_.steps.push_back(make_step(path, in.file_system, facts));
        note(name, facts, -1, false);
        result_.unchanged = read;
        return read || refuse(other_kind(facts.st_mode));
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
        auto const stamp = stamp_of(facts);
        auto const magic = file_system_of(file.get());
        result_.stamp = would_show(stamp, magic) ? std::optional(stamp) : std::nullopt;
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
    std::optional<file_stamp> const& known_;
    walked_path& result_;
    std::string here_;               ///< a directory of all_.seen_
    std::vector<std::string> ahead_; ///< the next one last
    int links_ = 0;
};

void path_walk::look_again() {
    ++look_;
    observed_.clear();
    repeatable_ = true;
}

void path_walk::let_go(fs::path const& in_use) {
    std::set<dev_t> held;
    for (auto const* const path : {"/", in_use.c_str()}) {
        if (struct stat facts{}; ::stat(path, &facts) == 0) {
            held.insert(facts.st_dev);
        }
    }
    auto const elsewhere = [&](auto const& one) { return !held.contains(one.second.device); };
    repeatable_ = repeatable_ && std::ranges::none_of(seen_, elsewhere);
    std::erase_if(seen_,
                  [&](auto const& one) { return one.second.look != look_ || elsewhere(one); });
}

bool path_walk::is_as_before() const {
    return repeatable_ && std::ranges::all_of(observed_, &path_walk::holds);
}

bool path_walk::holds(observation const& one) {
    struct stat now{};
    if (::fstatat(one.in, one.name.c_str(), &now, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == one.error;
    }
    if (one.error != 0) {
        return false;
    }
    auto const& then = one.facts;
    bool const same = now.st_dev == then.st_dev && now.st_ino == then.st_ino &&
                      now.st_mode == then.st_mode && now.st_uid == then.st_uid &&
                      now.st_gid == then.st_gid;
    if (!same || !S_ISDIR(now.st_mode)) {
        return same && now.st_nlink == then.st_nlink && stamp_of(now) == stamp_of(then);
    }
    // What stands in a directory may come and go.
    return !is_open_to_others(now) || on_read_only_mount(one.opened) == one.read_only;
}

walked_path path_walk::open(fs::path const& path, std::optional<file_stamp> const& known) {
    walked_path result;
    walk_along(*this, true, known, result).run(path.string());
    return result;
}

std::vector<path_step> path_walk::look(fs::path const& path) {
    walked_path result;
    std::optional<file_stamp> const none;
    walk_along(*this, false, none, result).run(path.string());
    return std::move(result.steps);
}

} // namespace trafikito::base
