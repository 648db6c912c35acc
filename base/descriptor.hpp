#pragma once
// A file descriptor that is closed with its owner.

#include <unistd.h>

#include <utility>

namespace trafikito::base {

class descriptor {
public:
    explicit descriptor(int number = -1) : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;
    ~descriptor() { close(); }

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool open() const { return number_ >= 0; }

    /// Gives it to whoever closes it.
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

    /// Now, for those who must know whether it worked: close(2)'s result, and errno.
    int close() { return open() ? ::close(std::exchange(number_, -1)) : 0; }

private:
    int number_;
};

} // namespace trafikito::base
