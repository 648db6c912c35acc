#include "server/security/directory_lock.hpp"

#include "base/file.hpp"
#include "base/lock_holder.hpp"
#include "base/number.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace trafikito::server::security {

namespace {

constexpr std::chrono::seconds patience{1};

int number_in(int file) {
    std::array<char, 16> text{};
    auto const size = ::pread(file, text.data(), text.size(), 0);
    std::string_view const number(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return base::number_in<int>(number.substr(0, number.find('\n'))).value_or(0);
}

[[noreturn]] void refuse(std::filesystem::path const& directory, int holder) {
    throw std::runtime_error(
        "a server uses " + directory.string() + " already (" +
        (holder > 0 ? "process " + std::to_string(holder) : "another process") +
        "): stop it, or give this one another --data");
}

/// 0, or the errno of what is no other process's lock. Whoever looks whether there is a server, or
/// tidies up as systemd-tmpfiles does, has it for a moment.
int lock(int descriptor, std::filesystem::path const& directory, int named_holder) {
    auto const end = std::chrono::steady_clock::now() + patience;
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return errno;
        }
        if (std::chrono::steady_clock::now() >= end) {
            refuse(directory, named_holder != 0 ? named_holder : base::lock_holder_of(descriptor));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return 0;
}

/// A descriptor that is not open where its file system locks no directory, as NFS.
base::descriptor lock_directory(std::filesystem::path const& directory) {
    base::descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    bool const locked = opened.open() && lock(opened.get(), directory, 0) == 0;
    return locked ? std::move(opened) : base::descriptor();
}

} // namespace

bool is_served(std::filesystem::path const& directory) {
    return server_of(directory).has_value();
}

std::optional<int> server_of(std::filesystem::path const& directory) {
    auto const name = (directory / "trafikito.lock").string();
    base::descriptor const file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.open() && errno == ENOENT) {
        return std::nullopt;
    }
    if (!file.open()) {
        throw std::runtime_error("cannot open " + name + ": " +
                                 std::generic_category().message(errno));
    }
    if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
        return std::nullopt;
    }
    auto const holder = base::lock_holder_of(file.get());
    return std::max(holder != 0 ? holder : number_in(file.get()), 0);
}

directory_lock::directory_lock(std::filesystem::path const& directory) {
    auto const name = (directory / "trafikito.lock").string();
    file_ = base::descriptor(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_.open()) {
        throw std::runtime_error("cannot open " + name + ": " +
                                 std::generic_category().message(errno));
    }
    if (auto const failed = lock(file_.get(), directory, number_in(file_.get())); failed != 0) {
        throw std::runtime_error("cannot lock " + name + ": " +
                                 std::generic_category().message(failed));
    }
    directory_ = lock_directory(directory);
    auto const number = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file_.get(), 0) == 0) {
        base::write_fully(file_.get(), number); // for those who come later; the lock is the lock
    }
}

} // namespace trafikito::server::security
