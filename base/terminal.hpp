#pragma once
// What is known of the terminal behind a descriptor: whether somebody looks at it, and how much
// fits. Whoever prints asks it before it uses colour, redraws a line or cuts one.

#include <cstddef>

namespace trafikito::base {

struct terminal {
    bool interactive = false; ///< a terminal whose cursor can be moved: TERM is not `dumb`
    bool colour = false;      ///< that, and NO_COLOR (no-color.org) is not set to anything
    std::size_t columns = 80; ///< 80 x 24 where it does not say
    std::size_t lines = 24;
};

/// As it is now: its size may change later.
terminal terminal_of(int descriptor);

} // namespace trafikito::base
