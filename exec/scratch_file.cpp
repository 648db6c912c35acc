#include "exec/scratch_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace trafikito::exec {

std::uint64_t scratch_file::reserve(std::uint64_t size) {
    return std::exchange(reserved_, reserved_ + size);
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the file
bool scratch_file::write(std::uint64_t offset, std::string_view bytes) {
    if (!file_.open()) {
        file_ = base::descriptor(
            ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
    }
    while (!bytes.empty()) {
        auto const written =
            ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
            offset += static_cast<std::uint64_t>(written);
        }
    }
    return true;
}

bool scratch_file::lend_memory(std::uint64_t size) {
    bool const enough = lent_ + size <= max_in_memory;
    lent_ += enough ? size : 0;
    return enough;
}

std::size_t scratch_file::read(std::uint64_t offset, char* buffer, std::size_t size) const {
    std::size_t done = 0;
    while (done < size) {
        auto const got =
            ::pread(file_.get(), buffer + done, size - done, static_cast<off_t>(offset + done));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            break;
        }
        done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return done;
}

} // namespace trafikito::exec
