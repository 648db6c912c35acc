#include "agent/bounded_file.hpp"

#include "agent/file.hpp"
#include "config/load.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace trafikito::agent {

namespace {

constexpr std::size_t max_read = 16UL * 1024 * 1024; ///< of a file that is cut

/// The last whole lines of a text: at most `lines` of them and `size` bytes.
std::string_view last_lines(std::string_view text, std::size_t lines, std::size_t size) {
    std::size_t begin = text.size();
    for (std::size_t found = 0; found < lines && begin > 0; ++found) {
        auto const newline = begin < 2 ? std::string_view::npos : text.rfind('\n', begin - 2);
        auto const line = newline == std::string_view::npos ? 0 : newline + 1;
        if (text.size() - line > size) {
            break;
        }
        begin = line;
    }
    return text.substr(begin);
}

} // namespace

int bounded_file::append(std::string_view line) {
    int error = open();
    if (error == 0) {
        error = write_fully(file_.get(), line);
    }
    if (error != 0) {
        return error;
    }
    size_ += line.size();
    return size_ > limits_.max_size ? shorten() : 0;
}

/// Opens the file that has the name now.
int bounded_file::open() {
    struct stat there{};
    struct stat ours{};
    bool const same = file_.open() && ::lstat(path_.c_str(), &there) == 0 &&
                      ::fstat(file_.get(), &ours) == 0 && there.st_ino == ours.st_ino &&
                      there.st_dev == ours.st_dev;
    if (!same) {
        file_ = descriptor(::open(
            path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
            S_IRUSR | S_IWUSR | S_IRGRP));
        if (!file_.open() || ::fstat(file_.get(), &ours) != 0) {
            return errno;
        }
    }
    size_ = static_cast<std::uint64_t>(ours.st_size);
    return 0;
}

// To half of the limit at most, so that this happens seldom.
int bounded_file::shorten() {
    auto const all = config::read_file(path_, max_read);
    auto const kept = all.content
                          ? last_lines(*all.content, limits_.kept_lines, limits_.max_size / 2)
                          : std::string_view();
    if (replace_file(path_, kept).empty()) {
        return 0;
    }
    // The directory is not ours to write to: less safe, but bounded all the same.
    return ::ftruncate(file_.get(), 0) == 0 ? write_fully(file_.get(), kept) : errno;
}

} // namespace trafikito::agent
