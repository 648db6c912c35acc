#pragma once
// Who holds a flock(2) that we do not get, for the words that say so.

#include <string_view>

namespace trafikito::base {

/// The process that holds a lock on what that descriptor has open; 0 when /proc/locks does not show
/// it: there is no /proc, or it is a process of another container.
int lock_holder_of(int descriptor);

/// The same from the text of /proc/locks.
int find_lock_holder(std::string_view locks, unsigned major, unsigned minor, unsigned long inode);

} // namespace trafikito::base
