#pragma once
// The wall clock, handed in so that a test runs the once-a-minute rule and a certificate's years
// without waiting. Store and certificates use it; nothing in server/ asks the system clock by
// itself.

#include <chrono>
#include <functional>

namespace trafikito::base {

using wall_time = std::chrono::system_clock::time_point;
using wall_clock = std::function<wall_time()>;

} // namespace trafikito::base
