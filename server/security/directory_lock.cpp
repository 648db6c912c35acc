#include "server/security/directory_lock.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace trafikito::server::security {

namespace {

std::string holder_in(int file) {
    std::array<char, 16> text{};
    auto const size = ::pread(file, text.data(), text.size(), 0);
    std::string number(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    number.erase(number.find_last_not_of('\n') + 1);
    bool const is_number =
        !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? "process " + number : "another process";
}

} // namespace

directory_lock::directory_lock(std::filesystem::path const& directory)
    : file_(::open((directory / "trafikito.lock").c_str(),
                   O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    auto const name = (directory / "trafikito.lock").string();
    if (!file_.open()) {
        throw std::runtime_error("cannot open " + name + ": " +
                                 std::generic_category().message(errno));
    }
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            throw std::runtime_error("a server uses " + directory.string() + " already (" +
                                     holder_in(file_.get()) +
                                     "): stop it, or give this one another --data");
        }
        throw std::runtime_error("cannot lock " + name + ": " +
                                 std::generic_category().message(errno));
    }
    auto const number = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file_.get(), 0) == 0) {
        base::write_fully(file_.get(), number); // for those who come later; the lock is the lock
    }
}

} // namespace trafikito::server::security
