#pragma once
// Random numbers of the kernel's, also where getrandom(2) is refused by a filter of system calls:
// then /dev/urandom is read. What std::random_device would do asks for a glibc that not every
// system has that we run on.

#include <array>
#include <cstddef>
#include <limits>

namespace trafikito::base {

/// Fills all `size` bytes; false when neither way gives any.
bool fill_random(void* bytes, std::size_t size);

/// The same without getrandom(2).
bool fill_from_urandom(void* bytes, std::size_t size);

/// A uniform random bit generator (of <random>). Draws four numbers at once: enough for a UUID.
class random_source {
public:
    using result_type = unsigned;

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    /// Throws std::runtime_error when there is no randomness.
    result_type operator()();

private:
    std::array<result_type, 4> drawn_{};
    std::size_t left_ = 0;
};

} // namespace trafikito::base
