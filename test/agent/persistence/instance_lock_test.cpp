#include "agent/persistence/instance_lock.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

using namespace trafikito;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(instance_lock)

BOOST_AUTO_TEST_CASE(there_is_room_for_one_and_it_is_named) {
    test::temporary_directory const here;
    agent::persistence::instance_lock first;
    BOOST_TEST(first.lock_directory(here.path(), 0ms));
    BOOST_TEST(first.problem() == "");
    agent::persistence::instance_lock second;
    BOOST_TEST(!second.lock_directory(here.path(), 0ms));
    BOOST_TEST(second.holder() == "process " + std::to_string(::getpid()));
}

BOOST_AUTO_TEST_CASE(a_lock_ends_with_its_owner) {
    test::temporary_directory const here;
    {
        agent::persistence::instance_lock first;
        BOOST_TEST(first.lock_directory(here.path(), 0ms));
        BOOST_TEST(first.claim_server("server " + here.path().string(), 0ms));
    }
    agent::persistence::instance_lock second;
    BOOST_TEST(second.lock_directory(here.path(), 0ms));
    BOOST_TEST(second.claim_server("server " + here.path().string(), 0ms));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_a_problem_and_no_holder) {
    test::temporary_directory const here;
    agent::persistence::instance_lock lock;
    BOOST_TEST(lock.lock_directory(here.path() / "none", 0ms));
    BOOST_TEST(lock.problem().ends_with("none: No such file or directory"));
}

BOOST_AUTO_TEST_CASE(one_server_is_claimed_by_one_agent_wherever_it_is_installed) {
    test::temporary_directory const here; // its name makes the identity our own
    auto const identity = "server " + here.path().string();
    agent::persistence::instance_lock first;
    BOOST_TEST(first.claim_server(identity, 0ms));
    agent::persistence::instance_lock second;
    BOOST_TEST(!second.claim_server(identity, 0ms));
    BOOST_TEST(second.holder() == "process " + std::to_string(::getpid()));
    BOOST_TEST(second.claim_server(identity + "2", 0ms));
}

BOOST_AUTO_TEST_CASE(the_holder_is_found_in_the_text_of_proc_locks) {
    std::string const text = "1: POSIX  ADVISORY  WRITE 11 fe:00:131 0 EOF\n"
                             "2: FLOCK  ADVISORY  WRITE 1234 fe:00:131 0 EOF\n"
                             "3: FLOCK  ADVISORY  WRITE 99 08:11:131 0 EOF\n";
    BOOST_TEST(agent::persistence::find_lock_holder(text, 0xfe, 0, 131) == 1234);
    BOOST_TEST(agent::persistence::find_lock_holder(text, 8, 0x11, 131) == 99);
    BOOST_TEST(agent::persistence::find_lock_holder(text, 8, 0x11, 13) == 0);
    BOOST_TEST(agent::persistence::find_lock_holder("nonsense", 8, 0x11, 13) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
