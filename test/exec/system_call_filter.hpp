#pragma once
// Lets system calls of this process fail, by a filter that the kernel holds (seccomp(2)). For the
// tests of days on which they do; there is no way back.

#include <vector>

namespace trafikito::test {

/// From now on these calls do nothing and fail with `error`, here and in all children. Ends the
/// process when that cannot be had.
void forbid_calls(std::vector<long> const& numbers, int error);

} // namespace trafikito::test
