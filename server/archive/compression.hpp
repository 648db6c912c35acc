#pragma once
// zstd, with bounds. For this room's own files.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace trafikito::server::archive {

/// Keeps its memory for the next one.
class compressor {
public:
    compressor();
    ~compressor();
    compressor(compressor const&) = delete;
    compressor& operator=(compressor const&) = delete;

    /// One frame, with a checksum of what is in it.
    std::string compress(std::string_view text);

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Throws unreadable unless it is a frame that holds `size` bytes.
std::string decompress(std::string_view frame, std::size_t size);

} // namespace trafikito::server::archive
