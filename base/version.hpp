#pragma once
// The version of this program, as CMake knows it.

#include <string_view>

namespace trafikito::base {

inline constexpr std::string_view version = TRAFIKITO_VERSION;

} // namespace trafikito::base
