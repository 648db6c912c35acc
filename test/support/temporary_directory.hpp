#pragma once
// A directory of a test's own, removed with everything in it when the test ends. What cannot be
// made or read throws: the bench, which is no Boost.Test program, uses it, too.

#include <filesystem>
#include <string_view>

namespace trafikito::test {

class temporary_directory {
public:
    temporary_directory();
    ~temporary_directory();
    temporary_directory(temporary_directory const&) = delete;
    temporary_directory& operator=(temporary_directory const&) = delete;

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

    /// Writes a file below the directory (its folders are made) and returns its path.
    std::filesystem::path write(std::filesystem::path const& name, std::string_view content) const;

private:
    std::filesystem::path path_;
};

/// The whole content of a file; throws when it cannot be read.
std::string read_file(std::filesystem::path const& path);

} // namespace trafikito::test
