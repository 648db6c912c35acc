#include "test/exec/leaves_nothing.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>

namespace trafikito::test {

leaves_nothing::leaves_nothing() : descriptors_before_(count_descriptors()) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

leaves_nothing::~leaves_nothing() {
    BOOST_TEST(no_child_is_left());
    BOOST_TEST(count_descriptors() == descriptors_before_);
}

std::size_t count_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] auto const& entry :
         std::filesystem::directory_iterator("/proc/self/fd")) {
        ++count;
    }
    return count;
}

bool no_child_is_left() {
    siginfo_t any{};
    return ::waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

} // namespace trafikito::test
