#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace trafikito::base {

namespace {

file_content failed(int error) {
    // ENOTDIR: a part of the path is a file, so nothing can be there either.
    return {{},
            error == ENOENT || error == ENOTDIR,
            "cannot be read: " + std::generic_category().message(error)};
}

file_content refused(std::string problem) {
    return {{}, false, std::move(problem)};
}

std::string not_regular(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "is a directory, not a file";
    }
    if (S_ISFIFO(mode)) {
        return "is a FIFO, not a regular file";
    }
    if (S_ISSOCK(mode)) {
        return "is a socket, not a regular file";
    }
    return S_ISCHR(mode) || S_ISBLK(mode) ? "is a device, not a regular file"
                                          : "is not a regular file";
}

file_content read_all(int file, std::size_t expected, std::size_t limit) {
    std::string content;
    // One byte more than expected shows the end of the file, or that it grew. Files of /proc say
    // that they have no size, and are as they were at one moment within one read only.
    constexpr std::size_t of_proc = 4096;
    content.resize(std::min(expected == 0 ? of_proc : expected, limit) + 1);
    std::size_t filled = 0;
    for (;;) {
        auto const count = ::read(file, content.data() + filled, content.size() - filled);
        if (count < 0 && errno != EINTR) {
            return failed(errno);
        }
        if (count == 0) {
            content.resize(filled);
            return {std::move(content), false, {}};
        }
        filled += count > 0 ? static_cast<std::size_t>(count) : 0;
        if (filled > limit) {
            return refused("is larger than " + std::to_string(limit) + " bytes");
        }
        if (filled == content.size()) {
            content.resize(std::min(2 * filled, limit + 1));
        }
    }
}

std::error_code code_of(int error) {
    return {error, std::generic_category()};
}

/// Writes it, waits for the disk, and closes it.
int fill(descriptor file, file_writer const& write, durability wanted) {
    int error = write(file.get());
    if (error == 0 && wanted == durability::synced && ::fsync(file.get()) != 0) {
        error = errno;
    }
    return file.close() != 0 && error == 0 ? errno : error;
}

file_writer writer_of(std::string_view content) {
    return [content](int file) { return write_fully(file, content); };
}

/// Calls `write_some(rest)`, which returns as write(2) does, until nothing is left; an errno, or 0.
template <class WriteSome>
int write_all(std::string_view bytes, WriteSome write_some) {
    while (!bytes.empty()) {
        auto const written = write_some(bytes);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    return 0;
}

/// Where there are no hard links.
bool lacks_links(int error) {
    return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK;
}

int create_in_place(std::filesystem::path const& path, file_writer const& write, mode_t mode) {
    descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    return file.open() ? fill(std::move(file), write, durability::synced) : errno;
}

} // namespace

file_writer with_mode(std::string_view content, mode_t mode) {
    return [content, mode](int file) {
        int const error = write_fully(file, content);
        return error == 0 && ::fchmod(file, mode) != 0 ? errno : error;
    };
}

file_content read_file(std::filesystem::path const& path, std::size_t limit) {
    // O_NONBLOCK: opening a FIFO without a writer would wait for one.
    descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.open()) {
        return read_file(file, limit);
    }
    int const error = errno;
    struct stat facts{}; // a socket cannot be opened at all, nor a device without its driver
    bool const known = error == ENXIO && ::stat(path.c_str(), &facts) == 0;
    return known && !S_ISREG(facts.st_mode) ? refused(not_regular(facts.st_mode)) : failed(error);
}

file_content read_file(descriptor const& file, std::size_t limit) {
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) {
        return failed(errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return refused(not_regular(facts.st_mode));
    }
    if (static_cast<std::uintmax_t>(facts.st_size) > limit) {
        return refused("is larger than " + std::to_string(limit) + " bytes");
    }
    return read_all(file.get(), static_cast<std::size_t>(facts.st_size), limit);
}

std::error_code replace_file(std::filesystem::path const& path, file_writer const& write,
                             durability wanted) {
    auto beside = path;
    beside += ".new";
    ::unlink(beside.c_str()); // what a crash may have left
    descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                           S_IRUSR | S_IWUSR | S_IRGRP));
    if (!file.open()) {
        return code_of(errno);
    }
    int error = fill(std::move(file), write, wanted);
    if (error == 0 && ::rename(beside.c_str(), path.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlink(beside.c_str());
    } else if (wanted == durability::synced) {
        (void)sync_directory_of(path);
    }
    return code_of(error);
}

std::error_code replace_file(std::filesystem::path const& path, std::string_view content,
                             durability wanted) {
    return replace_file(path, writer_of(content), wanted);
}

std::error_code create_file(std::filesystem::path const& path, std::string_view content,
                            mode_t mode) {
    auto const write = with_mode(content, mode);
    // Under a name of its own first: nobody ever sees a part of it.
    auto beside = path.string() + ".XXXXXX";
    descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
    if (!file.open()) {
        return code_of(errno);
    }
    int error = fill(std::move(file), write, durability::synced);
    if (error == 0 && ::link(beside.c_str(), path.c_str()) != 0) {
        error = lacks_links(errno) ? create_in_place(path, write, mode) : errno;
    }
    ::unlink(beside.c_str());
    if (error == 0) {
        (void)sync_directory_of(path);
    }
    return code_of(error);
}

int sync_file(std::filesystem::path const& path) {
    descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file.open() && ::fsync(file.get()) == 0 ? 0 : errno;
}

int sync_directory_of(std::filesystem::path const& path) {
    descriptor const directory(::open(path.has_parent_path() ? path.parent_path().c_str() : ".",
                                      O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.open() && ::fsync(directory.get()) == 0 ? 0 : errno;
}

std::string cannot_write(std::filesystem::path const& path, std::error_code error) {
    return error ? path.string() + " cannot be written: " + error.message() : std::string();
}

int write_fully(int descriptor, std::string_view bytes) {
    return write_all(bytes, [descriptor](std::string_view rest) {
        return ::write(descriptor, rest.data(), rest.size());
    });
}

int write_fully_at(int descriptor, std::string_view bytes, std::uint64_t offset) {
    auto const end = offset + bytes.size();
    return write_all(bytes, [descriptor, end](std::string_view rest) {
        return ::pwrite(descriptor, rest.data(), rest.size(),
                        static_cast<off_t>(end - rest.size()));
    });
}

} // namespace trafikito::base
