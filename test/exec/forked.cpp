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

namespace {

bool become(uid_t who) {
    return ::setresgid(who, who, who) == 0 && ::setresuid(who, who, who) == 0;
}

} // namespace

void become_nobody_else() {
    constexpr uid_t above_all_that_systems_give = 2'000'000'000;
    auto const number = static_cast<uid_t>(::getpid()); // of those that are alive nobody else's
    // A container may have no more than the first 65,536 of them.
    if (!become(above_all_that_systems_give + number) && !become(10'000 + number % 50'000)) {
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
