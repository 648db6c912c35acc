#include "exec/close_from.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace trafikito::exec {

namespace {

/// Of `.` and `..` it is -1.
int number_of(char const* name) {
    int number = *name == '.' ? -1 : 0;
    for (; *name >= '0' && *name <= '9'; ++name) {
        number = number * 10 + (*name - '0');
    }
    return number;
}

/// What one call of getdents64(2) has told of them.
void close_named(char const* entries, std::size_t size, int first, int list) {
    for (std::size_t at = 0; at < size;) {
        std::uint16_t length = 0;
        std::memcpy(&length, entries + at + offsetof(dirent64, d_reclen), sizeof length);
        int const number = number_of(entries + at + offsetof(dirent64, d_name));
        if (number >= first && number != list) {
            ::close(number);
        }
        at += length;
    }
}

// AddressSanitizer keeps books about stacks; that of the child is not among them.
__attribute__((no_sanitize("address", "undefined"))) bool close_listed(int first) {
    int const list = ::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (list < 0) {
        return false;
    }
    alignas(dirent64) std::array<char, 4096> entries; // NOLINT(*-member-init): the kernel fills it
    long size = 0;
    while ((size = ::syscall(SYS_getdents64, list, entries.data(), entries.size())) > 0) {
        close_named(entries.data(), static_cast<std::size_t>(size), first, list);
    }
    ::close(list);
    return size == 0;
}

/// Numbers are given from the lowest on, and a limit may be a thousand million: beyond this none of
/// ours can be, who never holds more than a few hundred at once.
constexpr rlim_t furthest = 65'536;

void close_one_by_one(int first) {
    rlimit open_files{};
    if (::getrlimit(RLIMIT_NOFILE, &open_files) != 0) {
        open_files.rlim_cur = furthest;
    }
    auto const end = static_cast<int>(std::min(open_files.rlim_cur, furthest));
    for (int number = first; number < end; ++number) {
        ::close(number);
    }
}

} // namespace

void close_from(int first) {
    if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) != 0 &&
        !close_listed(first)) {
        close_one_by_one(first);
    }
}

} // namespace trafikito::exec
