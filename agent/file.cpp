#include "agent/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trafikito::agent {

namespace {

std::string in_words(std::filesystem::path const& path, int error) {
    return path.string() + " cannot be written: " + std::generic_category().message(error);
}

/// Writes a new file; the errno of what failed, or 0.
int write_new_file(std::filesystem::path const& path, std::function<int(int)> const& write,
                   int flags, mode_t mode, durability wanted) {
    int const file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, mode);
    if (file < 0) {
        return errno;
    }
    int error = write(file);
    if (error == 0 && wanted == durability::synced && ::fsync(file) != 0) {
        error = errno;
    }
    if (::close(file) != 0 && error == 0) {
        error = errno;
    }
    return error;
}

std::function<int(int)> writer_of(std::string_view content) {
    return [content](int file) { return write_fully(file, content); };
}

void sync_directory(std::filesystem::path const& path) {
    int const directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) {
        return;
    }
    ::fsync(directory);
    ::close(directory);
}

} // namespace

int write_fully(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    return 0;
}

std::string replace_file(std::filesystem::path const& path, std::string_view content,
                         durability wanted) {
    return replace_file(path, writer_of(content), wanted);
}

std::string replace_file(std::filesystem::path const& path, std::function<int(int)> const& write,
                         durability wanted) {
    auto beside = path;
    beside += ".new";
    int error = write_new_file(beside, write, O_TRUNC, S_IRUSR | S_IWUSR | S_IRGRP, wanted);
    if (error == 0 && ::rename(beside.c_str(), path.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlink(beside.c_str());
        return in_words(path, error);
    }
    if (wanted == durability::synced) {
        sync_directory(path.parent_path());
    }
    return {};
}

std::string create_file(std::filesystem::path const& path, std::string_view content, bool secret) {
    mode_t const mode = secret ? S_IRUSR | S_IWUSR : S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    if (int const error =
            write_new_file(path, writer_of(content), O_EXCL, mode, durability::synced)) {
        return in_words(path, error);
    }
    sync_directory(path.parent_path());
    return {};
}

} // namespace trafikito::agent
