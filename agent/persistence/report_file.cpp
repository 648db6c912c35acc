#include "agent/persistence/report_file.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trafikito::agent::persistence {

report_file::report_file(std::filesystem::path const& tmp_file)
    : path_(tmp_file),
      file_(::open(tmp_file.c_str(),
                   O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                   S_IRUSR | S_IWUSR)),
      writer_([this](std::string_view bytes) { add(bytes); }) {
    struct stat status{};
    if (!file_.is_open()) {
        problem_ = path_.string() + ": " + std::generic_category().message(errno);
        // NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): it is open
    } else if (::fstat(file_.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) {
        problem_ = path_.string() + " is not a regular file";
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
