#include "server/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace trafikito::server {

namespace {

[[noreturn]] void fail(char const* doing, std::filesystem::path const& path, int error) {
    throw std::runtime_error(std::string("cannot ") + doing + " " + path.string() + ": " +
                             std::generic_category().message(error));
}

// A file beside its destination that is gone again unless it was put there.
class temporary_file {
public:
    explicit temporary_file(std::filesystem::path const& destination)
        : destination_(destination), name_(destination.string() + ".XXXXXX") {
        descriptor_ = ::mkostemp(name_.data(), O_CLOEXEC);
        if (descriptor_ < 0) {
            fail("write", destination_, errno);
        }
    }
    ~temporary_file() {
        ::close(descriptor_);
        ::unlink(name_.c_str());
    }
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;

    void write(std::string_view content, unsigned mode) {
        while (!content.empty()) {
            auto const written = ::write(descriptor_, content.data(), content.size());
            if (written < 0 && errno != EINTR) {
                fail("write", destination_, errno);
            }
            content.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
        }
        if (::fchmod(descriptor_, mode) != 0 || ::fsync(descriptor_) != 0) {
            fail("write", destination_, errno);
        }
    }

    bool put(when_there what) {
        if (what == when_there::replace) {
            if (std::rename(name_.c_str(), destination_.c_str()) != 0) {
                fail("write", destination_, errno);
            }
            return true;
        }
        if (::link(name_.c_str(), destination_.c_str()) == 0) {
            return true;
        }
        if (errno != EEXIST) {
            fail("write", destination_, errno);
        }
        return false;
    }

private:
    std::filesystem::path const& destination_;
    std::string name_;
    int descriptor_ = -1;
};

} // namespace

bool write_file(std::filesystem::path const& path, std::string_view content, unsigned mode,
                when_there what) {
    temporary_file file(path);
    file.write(content, mode);
    return file.put(what);
}

std::optional<std::string> read_file_if_there(std::filesystem::path const& path) {
    static constexpr std::uintmax_t limit = 1024UL * 1024;
    std::error_code failed;
    auto const size = std::filesystem::file_size(path, failed);
    if (failed == std::errc::no_such_file_or_directory) {
        return std::nullopt;
    }
    if (failed) {
        fail("read", path, failed.value());
    }
    if (size > limit) {
        throw std::runtime_error(path.string() +
                                 " is larger than 1 MiB, so it is not the file that belongs there");
    }
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) {
        fail("read", path, errno);
    }
    return content;
}

void make_private_directory(std::filesystem::path const& path) {
    if (std::filesystem::is_directory(path)) {
        return;
    }
    std::error_code failed;
    if (auto const parent = std::filesystem::absolute(path).lexically_normal().parent_path();
        !std::filesystem::create_directories(parent, failed) && failed) {
        fail("make", parent, failed.value());
    }
    if (::mkdir(path.c_str(), 0700) != 0) {
        fail("make", path, errno);
    }
}

} // namespace trafikito::server
