#include "agent/diagnosis/keeper.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

using namespace trafikito;
using namespace trafikito::agent;
using namespace trafikito::agent::diagnosis;

namespace {

/// An agent that is this process, which nothing keeps.
struct keeper_fixture {
    keeper_fixture() : so_far({}) {
        config::settings settings;
        settings.config_file = so_far.asked.config_file = "/x/etc/trafikito.cfg";
        settings.base_dir = "/x";
        so_far.settings_so_far = settings;
        so_far.asked.root = "/nonexistent";
        so_far.daemon.emplace();
        so_far.daemon->pid = ::getpid();
    }
    known so_far;
    std::string pid = std::to_string(::getpid());
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper, keeper_fixture)

BOOST_AUTO_TEST_CASE(what_is_kept_by_nothing_is_ended_by_its_number) {
    BOOST_TEST(how_to_stop(so_far) ==
               "kill " + pid + "; while kill -0 " + pid + " 2>/dev/null; do sleep 1; done");
    BOOST_TEST(how_to_restart(so_far).starts_with(how_to_stop(so_far) + "; "));
    BOOST_TEST(how_to_restart(so_far).ends_with(" --config /x/etc/trafikito.cfg"));
    BOOST_TEST(how_to_restart(so_far, condition::hanging).starts_with("kill -KILL " + pid + "; "));
    BOOST_TEST(how_to_reload(so_far) == "kill -HUP " + pid);
}

BOOST_AUTO_TEST_CASE(what_is_out_of_sight_is_sent_no_signal) {
    so_far.daemon->pid = 0;
    so_far.holder = ::getpid(); // of another installation, say
    BOOST_TEST(how_to_stop(so_far).empty());
    BOOST_TEST(how_to_restart(so_far, condition::hanging).empty());
    BOOST_TEST(how_to_reload(so_far).empty());
    BOOST_TEST(restart_in_words(so_far).starts_with("restart what it runs in"));
    BOOST_TEST(while_stopped(so_far, "x") == "x");
    cause why;
    add_restart(so_far, why);
    BOOST_TEST(why.command.empty());
    BOOST_TEST(!why.advice.empty());
}

BOOST_AUTO_TEST_CASE(a_script_of_the_system_stops_and_starts) {
    so_far.service = {.by = service::kind::sysv, .name = "trafikito-agent", .user = {}};
    BOOST_TEST(while_stopped(so_far, "x") == "/etc/init.d/trafikito-agent stop && x; "
                                             "/etc/init.d/trafikito-agent start");
    so_far.service.by = service::kind::openrc;
    BOOST_TEST(how_to_restart(so_far) == "rc-service trafikito-agent restart");
}

BOOST_AUTO_TEST_CASE(it_begins_again_as_the_user_that_it_was) {
    if (::geteuid() == 0) {
        so_far.running_as = 65534;
        auto const again = how_to_restart(so_far);
        BOOST_TEST(again.find("; su -s /bin/sh ") != std::string::npos, again);
        BOOST_TEST(again.ends_with(" --config /x/etc/trafikito.cfg'"), again);
    }
}

BOOST_AUTO_TEST_CASE(where_none_runs_nothing_is_stopped) {
    so_far.daemon.reset();
    BOOST_TEST(while_stopped(so_far, "x") == "x");
    BOOST_TEST(how_to_restart(so_far) == so_far.how_to_start());
}

BOOST_AUTO_TEST_CASE(the_unit_of_a_process) {
    BOOST_TEST(unit_in_cgroup("0::/system.slice/trafikito-agent.service\n") ==
               "trafikito-agent.service");
    BOOST_TEST(unit_in_cgroup("5:devices:/a.service\n1:name=systemd:/system.slice/b.service\n") ==
               "b.service");
    for (auto const* const text :
         {"", "nonsense", "0::/", "0::/user.slice/user-0.slice/session-1.scope\n",
          "0::/user.slice/user-0.slice/user@0.service\n", "0::/docker/0123/x.service\n",
          "0::/system.slice/docker-0123.scope\n", ":", "0::"}) {
        BOOST_TEST(unit_in_cgroup(text).empty(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
