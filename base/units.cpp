#include "base/units.hpp"

namespace trafikito::base {

namespace {

/// Tenths, without a decimal that says nothing.
std::string with_tenths(std::uint64_t tenths, bool always) {
    auto text = std::to_string(tenths / 10);
    if (always || tenths % 10 != 0) {
        text += "." + std::to_string(tenths % 10);
    }
    return text;
}

} // namespace

std::string in_seconds(std::chrono::milliseconds duration) {
    constexpr std::uint64_t second = 1000;
    auto const span = static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
    return span < second ? std::to_string(span) + " ms" : in_seconds_alone(duration);
}

std::string in_seconds_alone(std::chrono::milliseconds duration) {
    auto const span = duration.count() < 0 ? 0 : duration.count();
    return with_tenths(static_cast<std::uint64_t>(span) / 100, false) + " s";
}

std::string in_bytes(std::uint64_t size) {
    constexpr std::uint64_t kib = 1024;
    constexpr std::uint64_t mib = kib * kib;
    if (size < kib) {
        return count_of(size, "byte");
    }
    if (size < mib) {
        return with_tenths(size * 10 / kib, true) + " KiB";
    }
    constexpr std::uint64_t gib = kib * mib;
    return size < gib ? with_tenths(size * 10 / mib, true) + " MiB"
                      : with_tenths(size / 1024 * 10 / mib, true) + " GiB";
}

std::string count_of(std::size_t count, std::string const& thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

} // namespace trafikito::base
