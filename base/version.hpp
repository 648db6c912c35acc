#pragma once
// The version of this program, as CMake knows it, and what it was built of and with.

#include <string>
#include <string_view>

namespace trafikito::base {

inline constexpr std::string_view version = TRAFIKITO_VERSION;

/// What --version prints, without a newline at its end: `PROGRAM 0.1.0`, and below it the commit,
/// the compiler, and the versions of Boost and OpenSSL.
std::string version_text(std::string_view program);

} // namespace trafikito::base
