#pragma once
// A file of lines that never grows beyond a limit: the log and the audit are written to one. It is
// appended to (made 0640, a link in its place is not followed); one that was renamed or removed
// meanwhile (logrotate) is made anew.

#include "base/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace trafikito::base {

struct file_limits {
    std::uint64_t max_size = 1024UL * 1024; ///< bytes; beyond it the oldest lines go
    std::size_t kept_lines = 1000;          ///< at most, of these; the shell agents kept as many
};

class bounded_file {
public:
    explicit bounded_file(std::filesystem::path path, file_limits limits = {})
        : path_(std::move(path)), limits_(limits) {}

    /// Writes `line`, which ends with its newline, at the end of the file that has the name now.
    /// Returns the errno of what failed, 0 when it was written.
    int append(std::string_view line);

    /// The same, without another look at the name when there was one: for lines that come together.
    int append_further(std::string_view line);

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    int open();
    int put(std::string_view line);
    int shorten();

    std::filesystem::path path_;
    file_limits limits_;
    base::descriptor file_;
    std::uint64_t size_ = 0;
};

} // namespace trafikito::base
