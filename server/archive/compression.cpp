#include "server/archive/compression.hpp"

#include "server/archive/number_text.hpp"

#include <zstd.h>

#include <new>
#include <stdexcept>

namespace trafikito::server::archive {

namespace {

// An hour of a machine's outputs (480 KB) becomes 4.96 % in 1.5 ms at level 3, 4.29 % in 3.4 ms at
// 9, 3.90 % in 40 ms at 15. To store it as it came takes some 8 ms.
constexpr int level = 5;

} // namespace

struct compressor::state {
    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), &ZSTD_freeCCtx};
};

compressor::compressor() : state_(std::make_unique<state>()) {
    if (!state_->context) {
        throw std::bad_alloc();
    }
    ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_checksumFlag, 1);
}

compressor::~compressor() = default;

std::string compressor::compress(std::string_view text) {
    std::string frame(ZSTD_compressBound(text.size()), '\0');
    auto const size =
        ZSTD_compress2(state_->context.get(), frame.data(), frame.size(), text.data(), text.size());
    if (ZSTD_isError(size) != 0) {
        throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(size));
    }
    frame.resize(size);
    frame.shrink_to_fit();
    return frame;
}

std::string decompress(std::string_view frame, std::size_t size) {
    if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != size) {
        throw unreadable("a frame does not hold what it should");
    }
    std::string text(size, '\0');
    auto const got = ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) != 0 || got != size) {
        throw unreadable(std::string("a frame is damaged: ") +
                         (ZSTD_isError(got) != 0 ? ZSTD_getErrorName(got) : "it is too short"));
    }
    return text;
}

} // namespace trafikito::server::archive
