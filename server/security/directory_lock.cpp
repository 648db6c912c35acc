#include "server/security/directory_lock.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace trafikito::server::security {

namespace {

constexpr std::chrono::seconds patience{1};

std::string number_in(int file) {
    std::array<char, 16> text{};
    auto const size = ::pread(file, text.data(), text.size(), 0);
    std::string number(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    number.erase(number.find_last_not_of('\n') + 1);
    bool const is_number =
        !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? number : "";
}

/// As /proc/locks has it: `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`. Empty where it does
/// not, or the process is of another namespace.
std::string number_of_holder(int locked) {
    struct stat found{};
    if (::fstat(locked, &found) != 0) {
        return "";
    }
    std::ifstream locks("/proc/locks");
    std::string order;
    std::string kind;
    std::string mode;
    std::string access;
    std::string process;
    std::string file;
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        words >> order >> kind >> mode >> access >> process >> file;
        bool const same = file.ends_with(":" + std::to_string(found.st_ino));
        if (kind == "FLOCK" && same && process != "0" && process != "-1") {
            return process;
        }
    }
    return "";
}

[[noreturn]] void refuse(std::filesystem::path const& directory, std::string const& number) {
    throw std::runtime_error("a server uses " + directory.string() + " already (" +
                             (number.empty() ? "another process" : "process " + number) +
                             "): stop it, or give this one another --data");
}

/// A descriptor that is not open where its file system locks no directory, as NFS.
base::descriptor lock_directory(std::filesystem::path const& directory) {
    base::descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto const end = std::chrono::steady_clock::now() + patience;
    while (opened.open() && ::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return base::descriptor();
        }
        // What tidies up, as systemd-tmpfiles, has it for a moment.
        if (std::chrono::steady_clock::now() >= end) {
            refuse(directory, number_of_holder(opened.get()));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return opened;
}

} // namespace

directory_lock::directory_lock(std::filesystem::path const& directory) {
    auto const name = (directory / "trafikito.lock").string();
    file_ = base::descriptor(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_.open()) {
        throw std::runtime_error("cannot open " + name + ": " +
                                 std::generic_category().message(errno));
    }
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            refuse(directory, number_in(file_.get()));
        }
        throw std::runtime_error("cannot lock " + name + ": " +
                                 std::generic_category().message(errno));
    }
    directory_ = lock_directory(directory);
    auto const number = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file_.get(), 0) == 0) {
        base::write_fully(file_.get(), number); // for those who come later; the lock is the lock
    }
}

} // namespace trafikito::server::security
