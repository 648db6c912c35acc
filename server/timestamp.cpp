#include "server/timestamp.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace trafikito::server {

namespace {

std::string formatted(std::tm const& parts, char const* form) {
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), form, &parts)};
}

} // namespace

std::string local_time(time_point time) {
    auto const seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return formatted(parts, "%Y-%m-%d %H:%M:%S");
}

std::string utc_time(time_point time) {
    auto const whole = std::chrono::floor<std::chrono::seconds>(time);
    auto const rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
    auto const seconds = std::chrono::system_clock::to_time_t(whole);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03uZ", static_cast<unsigned>(rest) % 1000U);
    return formatted(parts, "%Y-%m-%dT%H:%M:%S") + fraction.data();
}

} // namespace trafikito::server
