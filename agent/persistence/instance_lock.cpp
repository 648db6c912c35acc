#include "agent/persistence/instance_lock.hpp"

#include "agent/persistence/digest.hpp"
#include "base/file.hpp"
#include "base/lock_holder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <system_error>
#include <thread>

namespace trafikito::agent::persistence {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

namespace {

constexpr milliseconds between_tries{20};
constexpr char const* lock_name = "trafikito.lock";
constexpr char const* aside_name = "trafikito.lock.foreign";
constexpr int waiting_askers = 128; ///< listen(2): nobody accepts them, they only look who we are

/// Tries until it is done, or nothing but time can tell that it will not be.
template <class Try>
bool try_until(milliseconds patience, Try once) {
    auto const deadline = steady::now() + patience;
    while (!once()) {
        if (steady::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(between_tries);
    }
    return true;
}

std::string process_in_words(int pid) {
    return pid > 0
               ? "process " + std::to_string(pid)
               : std::string(
                     "a process whose number is not to be seen here, of another container perhaps");
}

/// Nobody can open it but root, us, and whoever var_dir belongs to: an agent of that user's, when
/// root looks.
bool is_private(struct stat const& file, struct stat const& directory) {
    bool const ours = file.st_uid == ::geteuid() || file.st_uid == directory.st_uid;
    return S_ISREG(file.st_mode) && ours && file.st_nlink == 1 &&
           (file.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

bool has_its_name(int directory, int file) {
    struct stat ours{};
    struct stat there{};
    return ::fstat(file, &ours) == 0 &&
           ::fstatat(directory, lock_name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

/// What has the name and must not: whoever it belongs to could hold it for ever.
bool put_aside(int directory) {
    return ::unlinkat(directory, lock_name, 0) == 0 ||
           ::renameat(directory, lock_name, directory, aside_name) == 0;
}

base::descriptor open_private(int directory, int& error) {
    // For reading: that works on a disk that is full or read-only, too, once the file is there.
    struct stat above{};
    if (::fstat(directory, &above) != 0) {
        error = errno;
        return base::descriptor();
    }
    constexpr int flags = O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    for (int again = 0; again < 2; ++again) {
        base::descriptor file(::openat(directory, lock_name, flags, S_IRUSR | S_IWUSR));
        error = file.open() ? 0 : errno;
        struct stat facts{};
        if (file.open() && ::fstat(file.get(), &facts) == 0 && is_private(facts, above)) {
            return file;
        }
        bool const is_there = ::fstatat(directory, lock_name, &facts, AT_SYMLINK_NOFOLLOW) == 0;
        if (!is_there || !put_aside(directory)) {
            error = error == 0 ? EPERM : error;
            break;
        }
    }
    return base::descriptor();
}

/// An abstract name: it begins with a NUL, and there is no file of it.
struct abstract_address {
    explicit abstract_address(std::string_view identity) {
        std::string name(1, '\0');
        constexpr std::size_t kept_bytes = 16;
        name += "trafikito-agent/" + digest_of(identity, kept_bytes);
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    }
    [[nodiscard]] sockaddr const* get() const {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API's own way
        return reinterpret_cast<sockaddr const*>(&address);
    }

    sockaddr_un address{};
    socklen_t size = 0;
};

base::descriptor make_socket() {
    return base::descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

bool is_bound(int socket) {
    sockaddr_un name{};
    socklen_t size = sizeof name;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API's own way
    return ::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
           size > offsetof(sockaddr_un, sun_path);
}

/// The process that has bound that name, if it is to be believed; 0 where its number is not known.
std::optional<int> owner_of(abstract_address const& name, uid_t agent) {
    auto const asking = make_socket();
    ucred peer{};
    socklen_t size = sizeof peer;
    bool const known = asking.open() && ::connect(asking.get(), name.get(), name.size) == 0 &&
                       ::getsockopt(asking.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    return known && (peer.uid == 0 || peer.uid == agent) ? std::optional(peer.pid) : std::nullopt;
}

} // namespace

std::filesystem::path lock_file_in(std::filesystem::path const& var_dir) {
    return var_dir / lock_name;
}

bool instance_lock::lock_directory(std::filesystem::path const& var_dir, milliseconds patience) {
    base::descriptor const directory(::open(var_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.open()) {
        problem_ = var_dir.string() + ": " + std::generic_category().message(errno);
        return true;
    }
    int error = 0;
    bool const locked = try_until(patience, [&] { return try_lock(directory.get(), error); });
    if (!locked) {
        holder_ = process_in_words(base::lock_holder_of(file_.get()));
    } else if (error != 0) { // no room, or a file system without locks
        problem_ = (var_dir / lock_name).string() + ": " + std::generic_category().message(error);
    }
    return locked;
}

/// True when nothing is left to wait for: with an `error` there is no lock.
bool instance_lock::try_lock(int directory, int& error) {
    file_ = open_private(directory, error);
    if (!file_.open()) {
        return true;
    }
    error = ::flock(file_.get(), LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    // Whoever had it may have been replaced by one that has another file of that name.
    return error != EWOULDBLOCK && (error != 0 || has_its_name(directory, file_.get()));
}

bool instance_lock::claim_server(std::string_view identity, milliseconds patience) {
    abstract_address const name(identity);
    std::optional<int> owner;
    bool const ours = try_until(patience, [&] {
        claim_ = make_socket();
        if (!claim_.open()) {
            return true; // no descriptor left: nothing can be said about others
        }
        if (::bind(claim_.get(), name.get(), name.size) == 0) {
            ::listen(claim_.get(), waiting_askers);
            return true;
        }
        owner = errno == EADDRINUSE ? owner_of(name, ::geteuid()) : std::nullopt;
        return !owner;
    });
    if (!ours) {
        holder_ = process_in_words(*owner);
    } else if (claim_.open() && !is_bound(claim_.get()) && problem_.empty()) {
        problem_ = "another user's process, which is not believed, has the name of this server";
    }
    return ours;
}

std::optional<int> holder_of_directory(std::filesystem::path const& var_dir) {
    constexpr std::size_t limit = 1024UL * 1024;
    // A lock that goes while the list is read can hide the one behind it.
    constexpr int attempts = 3;
    struct stat facts{};
    if (::lstat((var_dir / lock_name).c_str(), &facts) != 0) {
        return std::nullopt;
    }
    int holder = 0;
    for (int i = 0; i < attempts && holder == 0; ++i) {
        auto const locks = base::read_file("/proc/locks", limit);
        holder = base::find_lock_holder(locks.content.value_or(""), ::major(facts.st_dev),
                                        ::minor(facts.st_dev), facts.st_ino);
    }
    return holder > 0 ? std::optional(holder) : std::nullopt;
}

lock_trial try_directory(std::filesystem::path const& var_dir) {
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    base::descriptor const file(::open((var_dir / lock_name).c_str(), flags));
    if (!file.open()) {
        return errno == ENOENT || errno == ENOTDIR ? lock_trial::free : lock_trial::unknown;
    }
    if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) {
        return lock_trial::free; // closing the file gives it back
    }
    return errno == EWOULDBLOCK ? lock_trial::held : lock_trial::unknown;
}

std::optional<int> holder_of_server(std::string_view identity, uid_t agent) {
    return owner_of(abstract_address(identity), agent);
}

} // namespace trafikito::agent::persistence
