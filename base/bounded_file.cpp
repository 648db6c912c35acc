#include "base/bounded_file.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

namespace trafikito::base {

namespace {

constexpr std::size_t at_once = 16UL * 1024; ///< bytes in memory, however large the file is

struct range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// What of `within` fits into `room`, from its beginning; empty at the end of the file or when it
/// cannot be read.
std::string_view read_at(int file, range within, std::span<char> room) {
    auto const wanted = std::min<std::uint64_t>(within.end - within.begin, room.size());
    auto const got = ::pread(file, room.data(), wanted, static_cast<off_t>(within.begin));
    return {room.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

/// Its last whole lines: at most so many, in at most so many bytes.
range last_lines(int file, std::uint64_t size, std::size_t lines, std::uint64_t bytes) {
    std::array<char, at_once> room{};
    range found{size, size};
    bool const fits = size <= bytes;
    auto const least = fits ? 0 : size - bytes - 1; // the end of the line in front of what fits
    std::size_t ends = 0;
    for (auto end = size; end > least;) {
        range const part{end - std::min<std::uint64_t>(end - least, room.size()), end};
        auto const text = read_at(file, part, room);
        for (auto at = text.size(); at-- > 0;) {
            if (text[at] == '\n' && part.begin + at + 1 < size) {
                found.begin = part.begin + at + 1;
                if (++ends == lines) {
                    return found;
                }
            }
        }
        end = part.begin;
    }
    // Its first line has no end of another in front of it.
    return fits ? range{0, size} : found;
}

/// To where `to` stands, at its beginning; it may be the same file, of which reading moves nothing.
/// An errno, or 0.
int copy(int from, range what, int to) {
    std::array<char, at_once> room{};
    int error = 0;
    while (what.begin < what.end && error == 0) {
        auto const text = read_at(from, what, room);
        what.begin += text.size();
        error = text.empty() ? EIO : base::write_fully(to, text);
    }
    return error;
}

} // namespace

int bounded_file::append(std::string_view line) {
    int const error = open();
    return error == 0 ? put(line) : error;
}

int bounded_file::append_further(std::string_view line) {
    return file_.open() ? put(line) : append(line);
}

int bounded_file::put(std::string_view line) {
    if (int const error = base::write_fully(file_.get(), line)) {
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
        file_ = base::descriptor(::open(
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
    base::descriptor const all(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts{};
    if (!all.open() || ::fstat(all.get(), &facts) != 0) {
        return errno;
    }
    size_ = static_cast<std::uint64_t>(facts.st_size); // somebody else may have shortened it
    if (size_ <= limits_.max_size) {
        return 0;
    }
    auto const kept = last_lines(all.get(), size_, limits_.kept_lines, limits_.max_size / 2);
    if (!base::replace_file(path_, [&](int to) { return copy(all.get(), kept, to); })) {
        file_.close(); // it has lost its name
        return 0;
    }
    // The directory is not ours to write to: less safe, but bounded all the same.
    int const error = copy(all.get(), kept, all.get());
    auto const size = error == 0 ? kept.end - kept.begin : 0;
    return ::ftruncate(all.get(), static_cast<off_t>(size)) == 0 ? error : errno;
}

} // namespace trafikito::base
