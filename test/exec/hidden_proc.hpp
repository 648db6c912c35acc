#pragma once
// A /proc that hides the processes of other users (proc(5), hidepid=), for a part of a test.

#include <functional>
#include <iosfwd>
#include <optional>

namespace trafikito::test {

/// What is to be seen of the processes of others, and of our own that may not be dumped.
enum class hidepid { all = 0, numbers = 1, nothing = 2 };

std::ostream& operator<<(std::ostream& out, hidepid how);

/// forked(), as the user that nothing on this machine runs as, and with such a /proc: in a pid
/// namespace of its own, and whatever is left there ends with it. Takes root. Nothing, and says so,
/// where that or such a namespace cannot be had.
std::optional<int> forked_behind(hidepid how, std::function<int()> const& run);

/// A copy of a program that belongs to root, with the set-user-ID bit in force.
void install_set_user_id(char const* program, char const* to);

} // namespace trafikito::test
