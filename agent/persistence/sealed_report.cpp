#include "agent/persistence/sealed_report.hpp"

#include "base/checksum.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace trafikito::agent::persistence {

namespace {

constexpr std::size_t at_once = 64UL * 1024;

bool read_at(int file, std::uint64_t offset, std::string& into) {
    auto const got = ::pread(file, into.data(), into.size(), static_cast<off_t>(offset));
    return got >= 0 && static_cast<std::size_t>(got) == into.size();
}

/// Calls `take(bytes)`, which returns an errno or 0, with all up to `end`. An errno, or 0.
template <class Take>
int read_to(int file, std::uint64_t end, Take take) {
    std::array<char, at_once> buffer; // NOLINT(*-member-init): read into
    int error = 0;
    for (std::uint64_t done = 0; done < end && error == 0;) {
        auto const wanted = std::min<std::uint64_t>(end - done, buffer.size());
        auto const got = ::pread(file, buffer.data(), wanted, static_cast<off_t>(done));
        if (got <= 0) {
            return got == 0 ? EIO : errno;
        }
        error = take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
        done += static_cast<std::uint64_t>(got);
    }
    return error;
}

} // namespace

bool is_alone(struct stat const& facts, uid_t owner) {
    return S_ISREG(facts.st_mode) && facts.st_uid == owner && facts.st_nlink == 1 &&
           (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

bool is_ours_alone(struct stat const& facts) {
    return is_alone(facts, ::geteuid());
}

std::uint64_t size_of(int file) {
    struct stat status{};
    bool const known = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    return known ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::optional<trailer> read_trailer(int file) {
    auto const size = size_of(file);
    std::string end(trailer_end_size, '\0');
    if (size < end.size() || !read_at(file, size - end.size(), end)) {
        return std::nullopt;
    }
    auto const length = trailer_size(end);
    if (!length || *length > size) {
        return std::nullopt;
    }
    std::string whole(static_cast<std::size_t>(*length), '\0');
    auto read = read_at(file, size - *length, whole) ? parse_trailer(whole) : std::nullopt;
    if (!read) {
        return std::nullopt;
    }
    bool const fits =
        read->in_place ? read->report_size <= size - *length : read->report_size == size - *length;
    return fits ? std::move(read) : std::nullopt;
}

bool is_whole(int file, trailer const& sealed) {
    std::uint32_t sum = 0;
    int const error = read_to(file, sealed.report_size, [&sum](std::string_view bytes) {
        sum = base::checksum(bytes, sum);
        return 0;
    });
    return error == 0 && sum == sealed.report_sum;
}

int spend(int file, std::uint64_t size) {
    if (size < trailer_end_size) {
        return 0;
    }
    int const error = base::write_fully_at(file, spent_mark, size - trailer_end_size);
    return error == 0 && ::fdatasync(file) != 0 ? errno : error;
}

base::descriptor open_if_ours_alone(std::filesystem::path const& path, struct stat& facts) {
    if (::lstat(path.c_str(), &facts) != 0 || !is_ours_alone(facts)) {
        return base::descriptor();
    }
    base::descriptor opened(
        ::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    bool const still = opened.open() && ::fstat(opened.get(), &facts) == 0 && is_ours_alone(facts);
    return still ? std::move(opened) : base::descriptor();
}

bool ends_in_seal(int file) {
    auto const size = size_of(file);
    std::string end(trailer_end_size, '\0');
    return size >= end.size() && read_at(file, size - end.size(), end) && trailer_size(end);
}

int spend_if_sealed(int file, std::uint64_t size) {
    return ends_in_seal(file) ? base::write_fully_at(file, spent_mark, size - trailer_end_size) : 0;
}

int copy_file(int from, int to) {
    return read_to(from, size_of(from),
                   [to](std::string_view bytes) { return base::write_fully(to, bytes); });
}

bool is_named(std::filesystem::path const& path, int file) {
    struct stat ours{};
    struct stat there{};
    return ::fstat(file, &ours) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

} // namespace trafikito::agent::persistence
