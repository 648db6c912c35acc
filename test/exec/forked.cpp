#include "test/exec/forked.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

namespace trafikito::test {

int forked(std::function<int()> const& run) {
    std::cout.flush();
    auto const pid = ::fork();
    BOOST_REQUIRE(pid >= 0);
    if (pid == 0) {
        int code = 255;
        try {
            code = run();
        } catch (std::exception const& failed) {
            std::cerr << "forked: " << failed.what() << '\n';
        }
        std::_Exit(code);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + status;
}

void become_nobody_else() {
    constexpr uid_t unused = 54'321;
    if (::setresgid(unused, unused, unused) != 0 || ::setresuid(unused, unused, unused) != 0) {
        std::_Exit(254);
    }
}

bool root_for(char const* what) {
    if (::geteuid() == 0) {
        return true;
    }
    BOOST_TEST_MESSAGE("left out, for it takes root: " << what);
    return false;
}

} // namespace trafikito::test
