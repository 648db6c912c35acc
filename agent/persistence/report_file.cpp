#include "agent/persistence/report_file.hpp"

#include "base/descriptor.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trafikito::agent::persistence {

namespace {

constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
constexpr mode_t for_us_alone = S_IRUSR | S_IWUSR;

/// A file that nobody else may have open or find under another name: made by us, and empty. Else -1
/// and errno, which is 0 for what is no file.
int open_private(std::filesystem::path const& path) {
    base::descriptor file(::open(path.c_str(), flags, for_us_alone));
    struct stat facts{};
    if (!file.open() || ::fstat(file.get(), &facts) != 0) {
        return -1;
    }
    if (!S_ISREG(facts.st_mode)) {
        errno = 0;
        return -1;
    }
    bool const ours = facts.st_uid == ::geteuid() && facts.st_nlink == 1 &&
                      (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    if (ours) {
        return facts.st_size == 0 || ::ftruncate(file.get(), 0) == 0 ? file.release() : -1;
    }
    return ::unlink(path.c_str()) == 0 ? ::open(path.c_str(), flags | O_EXCL, for_us_alone) : -1;
}

} // namespace

report_file::report_file(std::filesystem::path const& tmp_file)
    : path_(tmp_file), file_(open_private(tmp_file)),
      writer_([this](std::string_view bytes) { add(bytes); }) {
    if (!file_.is_open()) {
        problem_ = path_.string() + (errno == 0 ? " is not a regular file"
                                                : ": " + std::generic_category().message(errno));
    }
}

net::http::body report_file::content() const {
    net::http::body all;
    if (on_disk_ > 0) {
        all.append(file_, 0, on_disk_);
    }
    if (!in_memory_.empty()) {
        all.append(in_memory_);
    }
    return all;
}

std::string report_file::seal(std::string_view trailer) {
    if (problem_.empty()) {
        int error = base::write_fully(file_.descriptor(), trailer);
        // NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): no problem, so it is open
        if (error == 0 && ::fsync(file_.descriptor()) != 0) {
            error = errno;
        }
        if (error != 0) {
            problem_ = path_.string() + ": " + std::generic_category().message(error);
        }
    }
    return problem_;
}

void report_file::add(std::string_view bytes) {
    if (problem_.empty()) {
        if (int const error = base::write_fully(file_.descriptor(), bytes)) {
            problem_ = path_.string() + ": " + std::generic_category().message(error);
            // Of a write that failed half way, what is on the disk does not count.
            // NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): it is open
            if (::lseek(file_.descriptor(), static_cast<off_t>(on_disk_), SEEK_SET) < 0) {
                errno = 0;
            }
        } else {
            on_disk_ += bytes.size();
            return;
        }
    }
    in_memory_.append(bytes);
}

} // namespace trafikito::agent::persistence
