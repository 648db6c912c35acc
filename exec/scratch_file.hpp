#pragma once
// A file without a name in which the outputs of one order lie while they are gathered, so that
// memory does not depend on how much is printed. Shared by the captures of that order; gone with
// the last.

#include "base/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

namespace trafikito::exec {

class scratch_file {
public:
    /// In `directory`, made with the first write: most outputs need none. Where no file can be
    /// made, every write fails and captures stay in memory.
    explicit scratch_file(std::filesystem::path directory) : directory_(std::move(directory)) {}
    scratch_file(scratch_file const&) = delete;
    scratch_file& operator=(scratch_file const&) = delete;

    /// A range of its own for somebody who writes at most `size` bytes; takes no room until written
    /// to.
    std::uint64_t reserve(std::uint64_t size);

    /// All of it, or false (disk full, no file).
    bool write(std::uint64_t offset, std::string_view bytes);

    /// Up to `size` bytes into `buffer`; how many, 0 on an error.
    std::size_t read(std::uint64_t offset, char* buffer, std::size_t size) const;

    /// For what the disk does not take: `size` bytes of the memory that all of an order share, or
    /// false.
    static constexpr std::uint64_t max_in_memory = 8UL * 1024 * 1024;
    bool lend_memory(std::uint64_t size);

private:
    std::filesystem::path directory_;
    base::descriptor file_;
    std::uint64_t reserved_ = 0;
    std::uint64_t lent_ = 0;
};

} // namespace trafikito::exec
