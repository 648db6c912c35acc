#include "base/service_manager.hpp"

#include "test/support/notify_socket.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <cstdlib>
#include <string>

using namespace trafikito;

namespace {

struct notify_fixture {
    test::temporary_directory here;
    std::string path = (here.path() / "notify").string();
    test::notify_socket systemd{path};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(service_manager, notify_fixture)

BOOST_AUTO_TEST_CASE(it_says_ready_status_stopping_and_alive) {
    base::service_manager const to(path, {});
    to.ready("first cycle in 3 s");
    BOOST_TEST(systemd.message() == "READY=1\nSTATUS=first cycle in 3 s\n");
    to.status("two\nlines");
    BOOST_TEST(systemd.message() == "STATUS=two lines\n");
    to.alive();
    BOOST_TEST(systemd.message() == "WATCHDOG=1\n");
    to.reloading();
    BOOST_TEST(systemd.message().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    to.stopping();
    BOOST_TEST(systemd.message().starts_with("STOPPING=1\n"));
}

BOOST_AUTO_TEST_CASE(an_abstract_socket_hears_as_well) {
    auto const name = "@trafikito-" + std::to_string(::getpid());
    test::notify_socket const abstract(name);
    base::service_manager const to(name, {});
    to.ready("listening");
    BOOST_TEST(abstract.message() == "READY=1\nSTATUS=listening\n");
}

BOOST_AUTO_TEST_CASE(the_environment_says_where_and_is_left_without) {
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "3000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    auto const to = base::service_manager::from_environment();
    BOOST_REQUIRE(to.watchdog());
    BOOST_TEST(to.watchdog()->count() == 3'000'000);
    for (char const* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
        BOOST_TEST(std::getenv(name) == nullptr);
    }
}

BOOST_AUTO_TEST_CASE(a_watchdog_of_another_process_is_not_ours) {
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "3000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    BOOST_TEST(!base::service_manager::from_environment().watchdog());
}

BOOST_AUTO_TEST_CASE(a_manager_that_is_gone_or_never_was_changes_nothing) {
    base::service_manager const nobody("", {});
    nobody.ready("unheard");
    base::service_manager const gone((here.path() / "gone").string(), {});
    gone.ready("unheard");
    BOOST_TEST(systemd.message().empty());
}

BOOST_AUTO_TEST_SUITE_END()
