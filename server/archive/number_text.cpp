#include "server/archive/number_text.hpp"

namespace trafikito::server::archive {

namespace {

constexpr unsigned bits = 7;
constexpr std::uint64_t low = (1U << bits) - 1;
constexpr unsigned more = 1U << bits;
constexpr unsigned last_shift = 63;

} // namespace

void writer::number(std::uint64_t value) {
    for (; value > low; value >>= bits) {
        text_ += static_cast<char>((value & low) | more);
    }
    text_ += static_cast<char>(value);
}

void writer::difference(std::int64_t value) {
    auto const plain = static_cast<std::uint64_t>(value);
    number(value < 0 ? ~(plain << 1U) : plain << 1U);
}

void writer::text(std::string_view value) {
    number(value.size());
    bytes(value);
}

std::uint64_t reader::number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift <= last_shift; shift += bits) {
        auto const byte = static_cast<unsigned char>(bytes(1).front());
        if (shift == last_shift && byte > 1) {
            break;
        }
        value |= (byte & low) << shift;
        if (byte < more) {
            return value;
        }
    }
    throw unreadable("a number is too large");
}

std::int64_t reader::difference() {
    auto const value = number();
    return static_cast<std::int64_t>((value & 1U) != 0 ? ~(value >> 1U) : value >> 1U);
}

std::string_view reader::text() {
    return bytes(number());
}

std::string_view reader::bytes(std::uint64_t size) {
    if (size > rest_.size()) {
        throw unreadable("it ends too early");
    }
    auto const found = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(found.size());
    return found;
}

std::size_t reader::count() {
    auto const value = number();
    if (value > rest_.size()) {
        throw unreadable("it ends too early");
    }
    return static_cast<std::size_t>(value);
}

void reader::end() const {
    if (!rest_.empty()) {
        throw unreadable("something follows its end");
    }
}

} // namespace trafikito::server::archive
