#include "exec/tags.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>

namespace trafikito::exec {

namespace {

constexpr unsigned counted_bits = 24;
constexpr std::uint64_t counted = (1ULL << counted_bits) - 1;
constexpr std::uint64_t high = 1ULL << 61U; ///< beyond any limit that somebody would choose
constexpr std::uint64_t drawn = high - 1;

// Where the kernel draws none, what no other process has at this moment does.
std::uint64_t draw() {
    std::uint64_t lot = 0;
    if (::getrandom(&lot, sizeof lot, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof lot)) {
        auto const now = std::chrono::system_clock::now().time_since_epoch().count();
        lot = static_cast<std::uint64_t>(now) << counted_bits ^
              static_cast<std::uint64_t>(::getpid()) << (counted_bits + 32);
    }
    return lot;
}

} // namespace

tags::tags() : lot_(high | (draw() & drawn & ~counted)) {}

std::uint64_t tags::next() {
    ++count_;
    return lot_ | (count_ & counted);
}

bool tags::ours(std::uint64_t tag) const {
    auto const number = tag & counted;
    return (tag & ~counted) == lot_ && (count_ > counted || (number > 0 && number <= count_));
}

} // namespace trafikito::exec
