#pragma once
// Lets system calls of this thread fail, by a filter that the kernel holds (seccomp(2)): as in a
// container whose profile does not know them, or on a kernel that has not got them. There is no way
// back.

#include <cstdint>
#include <string_view>
#include <vector>

namespace trafikito::test {

/// A system call, or only those of it whose argument `argument`, counted from 0, has exactly
/// `value` in the bits of `mask` (of its lower 32).
struct forbidden_call {
    // NOLINTNEXTLINE(google-explicit-constructor): its number is what a call is
    forbidden_call(long which) : number(which) {}
    forbidden_call(long which, unsigned at, std::uint32_t bits, std::uint32_t expected)
        : number(which), argument(at), mask(bits), value(expected) {}

    long number;
    unsigned argument = 0;
    std::uint32_t mask = 0; ///< 0: whatever its arguments are
    std::uint32_t value = 0;
};

/// From now on these calls do nothing and fail with `error`, in this thread and whatever it starts.
/// (Unless this is root, set-user-ID programs have no effect any more.) Ends the process when that
/// cannot be had.
void forbid_calls(std::vector<forbidden_call> const& calls, int error);

/// By which a file gets a second name: a file system without hard links answers EPERM.
std::vector<forbidden_call> const& hard_link_calls();

/// What is known by a name: `close_range`, `prctl:PDEATHSIG`, `openat:TMPFILE`, `linux-4.18`.
struct named_calls {
    std::string_view name;
    std::vector<forbidden_call> calls;
};

/// Every system call of a cycle that is younger than POSIX or Linux's own: those that a filter may
/// refuse, or an old kernel not know; each by itself, then what old kernels lack together.
std::vector<named_calls> const& refusable_calls();

} // namespace trafikito::test
