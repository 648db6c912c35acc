#pragma once
// The base of every fixture of test/exec: after a test there is no child, no zombie, and not one
// descriptor more than before it.

#include <cstddef>

namespace trafikito::test {

struct leaves_nothing {
    /// Makes this process one to which orphans are handed: what a forked part of a test leaves is
    /// counted too.
    leaves_nothing();
    ~leaves_nothing();
    leaves_nothing(leaves_nothing const&) = delete;
    leaves_nothing& operator=(leaves_nothing const&) = delete;

private:
    std::size_t descriptors_before_;
};

/// How many descriptors this process has open.
std::size_t count_descriptors();

/// Whether it has no child, no zombie among them.
bool no_child_is_left();

} // namespace trafikito::test
