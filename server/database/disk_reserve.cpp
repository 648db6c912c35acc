#include "server/database/disk_reserve.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace trafikito::server::database {

namespace {

constexpr std::uintmax_t step = 1024UL * 1024;

// As root: the server, which is another user, has to be able to take it again.
void give_to_owner_of(std::filesystem::path const& directory, int file) {
    struct stat found{};
    if (::geteuid() == 0 && ::stat(directory.c_str(), &found) == 0 &&
        ::fchown(file, found.st_uid, found.st_gid) != 0) {
        return; // root's: it takes as much room
    }
}

} // namespace

disk_reserve::disk_reserve(std::filesystem::path file, std::uintmax_t bytes)
    : file_(std::move(file)), bytes_(bytes) {}

void disk_reserve::hold(std::uintmax_t bytes) const {
    base::descriptor const file(
        ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.open()) {
        return;
    }
    give_to_owner_of(file_.parent_path(), file.get());
    bool held = false;
    for (auto size = bytes; !held && size >= step; size -= step) {
        held = ::posix_fallocate(file.get(), 0, static_cast<off_t>(size)) == 0;
        if (!held && ::ftruncate(file.get(), 0) != 0) { // what it got before it failed
            break;
        }
    }
    if (!held) {
        give_up();
    }
}

void disk_reserve::give_up() const {
    ::unlink(file_.c_str());
}

std::uintmax_t disk_reserve::held() const {
    struct stat found{};
    return ::lstat(file_.c_str(), &found) == 0 && S_ISREG(found.st_mode)
               ? static_cast<std::uintmax_t>(found.st_size)
               : 0;
}

} // namespace trafikito::server::database
