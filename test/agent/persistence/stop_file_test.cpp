#include "agent/persistence/stop_file.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(stop_file)

BOOST_AUTO_TEST_CASE(the_reason_is_its_first_line) {
    test::temporary_directory const here;
    BOOST_TEST(!agent::persistence::stop_reason(here.path()).has_value());
    BOOST_TEST(agent::persistence::write_stop_file(here.path(), "removed by its owner") == "");
    BOOST_TEST(agent::persistence::stop_reason(here.path()).value() == "removed by its owner");
}

BOOST_AUTO_TEST_CASE(without_a_reason_that_is_said) {
    test::temporary_directory const here;
    BOOST_TEST(agent::persistence::write_stop_file(here.path(), "") == "");
    BOOST_TEST(agent::persistence::stop_reason(here.path()).value() == "no reason given");
}

BOOST_AUTO_TEST_CASE(what_stands_there_stops_even_if_it_cannot_be_read) {
    test::temporary_directory const here;
    std::filesystem::create_directory(here.path() / "STOP");
    BOOST_TEST(agent::persistence::stop_reason(here.path()).has_value());
}

BOOST_AUTO_TEST_CASE(without_var_nothing_stops) {
    test::temporary_directory const here;
    BOOST_TEST(!agent::persistence::stop_reason(here.path() / "var").has_value());
}

// Started as root with run_as, the agent may find itself before a closed door.
BOOST_AUTO_TEST_CASE(a_var_that_cannot_be_entered_is_no_reason_to_stop,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    test::temporary_directory const here; // 0700, root's
    auto const child = ::fork();
    if (child == 0) {
        bool const nobody = ::setuid(65534) == 0;
        ::_exit(nobody && !agent::persistence::stop_reason(here.path()).has_value() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
