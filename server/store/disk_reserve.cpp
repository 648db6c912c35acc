#include "server/store/disk_reserve.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace trafikito::server::store {

namespace {

constexpr std::uintmax_t least = 1024UL * 1024;

} // namespace

disk_reserve::disk_reserve(std::filesystem::path file, std::uintmax_t bytes)
    : file_(std::move(file)), bytes_(bytes) {}

void disk_reserve::hold() const {
    base::descriptor const file(
        ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.open()) {
        return;
    }
    bool held = false;
    for (auto size = bytes_; !held && size >= least; size /= 2) {
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

} // namespace trafikito::server::store
