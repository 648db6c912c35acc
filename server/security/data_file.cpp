#include "server/security/data_file.hpp"

#include "base/file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace trafikito::server::security {

namespace {

/// Larger than any key, certificate or port.
constexpr std::size_t max_size = 1024UL * 1024;

[[noreturn]] void cannot_make(std::filesystem::path const& path, std::error_code error) {
    throw std::runtime_error("cannot make " + path.string() + ": " + error.message() +
                             " (make it, and give it to the user that runs the server)");
}

} // namespace

bool write_file(std::filesystem::path const& path, std::string_view content, unsigned mode,
                when_there what) {
    bool const keep = what == when_there::keep;
    auto const failed = keep ? base::create_file(path, content, mode)
                             : base::replace_file(path, base::with_mode(content, mode));
    bool const there = keep && failed == std::errc::file_exists;
    if (failed && !there) {
        throw std::runtime_error(base::cannot_write(path, failed));
    }
    return !failed;
}

std::optional<std::string> read_file_if_there(std::filesystem::path const& path) {
    auto file = base::read_file(path, max_size);
    if (!file.content && !file.missing) {
        throw std::runtime_error(path.string() + " " + file.problem);
    }
    return std::move(file.content);
}

void make_private_directory(std::filesystem::path const& path) {
    if (std::filesystem::is_directory(path)) {
        return;
    }
    std::error_code failed;
    if (auto const parent = std::filesystem::absolute(path).lexically_normal().parent_path();
        !std::filesystem::create_directories(parent, failed) && failed) {
        cannot_make(parent, failed);
    }
    if (::mkdir(path.c_str(), 0700) != 0) {
        cannot_make(path, {errno, std::generic_category()});
    }
}

} // namespace trafikito::server::security
