#include "base/random.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace trafikito::base {

namespace {

/// Calls `read_some(bytes, size)`, which returns as read(2) does, until all are there.
template <class ReadSome>
bool fill(void* into, std::size_t size, ReadSome read_some) {
    auto* bytes = static_cast<unsigned char*>(into);
    while (size > 0) {
        auto const got = read_some(bytes, size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

} // namespace

bool fill_from_urandom(void* bytes, std::size_t size) {
    descriptor const source(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
    return source.open() && fill(bytes, size, [&](void* to, std::size_t count) {
               return ::read(source.get(), to, count);
           });
}

bool fill_random(void* bytes, std::size_t size) {
    auto const ask = [](void* to, std::size_t count) { return ::getrandom(to, count, 0); };
    return fill(bytes, size, ask) || fill_from_urandom(bytes, size);
}

random_source::result_type random_source::operator()() {
    if (left_ == 0 && !fill_random(drawn_.data(), sizeof drawn_)) {
        throw std::runtime_error("there are no random numbers: getrandom is refused, and "
                                 "/dev/urandom cannot be read");
    }
    left_ = left_ == 0 ? drawn_.size() : left_;
    return drawn_.at(--left_);
}

} // namespace trafikito::base
