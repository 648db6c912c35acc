#include "agent/persistence/living_agent.hpp"

#include "agent/persistence/instance_lock.hpp"
#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace trafikito::agent;
using persistence::lock_trial;
using trafikito::test::eventually;
using trafikito::test::temporary_directory;

namespace {

/// A process that has the lock of a folder until it is told to end.
class holder {
public:
    holder(std::filesystem::path const& var, bool own_namespace) {
        if (own_namespace && ::unshare(CLONE_NEWPID) != 0) { // of children from now on
            return;
        }
        pid_ = ::fork();
        if (pid_ == 0) {
            persistence::instance_lock lock;
            bool const locked = lock.lock_directory(var, std::chrono::milliseconds(0));
            while (locked) {
                ::pause();
            }
            ::_exit(1);
        }
    }
    ~holder() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    holder(holder const&) = delete;
    holder& operator=(holder const&) = delete;
    holder(holder&&) = delete;
    holder& operator=(holder&&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
};

persistence::daemon_status written_by(std::int64_t pid, pid_t as_seen_here) {
    persistence::daemon_status value;
    value.pid = pid;
    value.start_ticks = persistence::start_ticks_of(as_seen_here).value_or(0);
    return value;
}

struct living_agent_fixture {
    [[nodiscard]] bool is_held() const {
        return eventually([&] { return persistence::try_directory(var) == lock_trial::held; });
    }

    /// The exit code of a process whose children have a PID namespace of their own.
    [[nodiscard]] int in_a_namespace() const {
        holder const agent(var, true);
        if (agent.pid() <= 0) {
            return 77;
        }
        bool const held = is_held();
        auto const found = persistence::find_living(written_by(1, agent.pid()), var);
        return held && found && found->pid == agent.pid() ? 0 : 1;
    }

    temporary_directory here;
    std::filesystem::path var = here.path();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(living_agent, living_agent_fixture)

BOOST_AUTO_TEST_CASE(by_its_number_where_that_is_its_own) {
    auto value = written_by(::getpid(), ::getpid());
    BOOST_TEST(persistence::find_living(value, var).value().pid == ::getpid());
    ++value.start_ticks; // a later process has got the number
    BOOST_TEST(!persistence::find_living(value, var).has_value());
}

BOOST_AUTO_TEST_CASE(by_its_lock_where_its_number_is_of_another_container) {
    auto const child = ::fork(); // unshare(2) holds for all children of a process
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::_exit(in_a_namespace());
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_REQUIRE(WIFEXITED(status));
    BOOST_WARN_MESSAGE(WEXITSTATUS(status) != 77, "no PID namespace may be made here");
    BOOST_TEST((WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77));
}

BOOST_AUTO_TEST_CASE(whoever_has_the_lock_and_did_not_write_it_is_another) {
    holder const other(var, false);
    BOOST_REQUIRE(is_held());
    auto value = written_by(1, ::getpid());
    BOOST_TEST(!persistence::find_living(value, var).has_value());
}

BOOST_AUTO_TEST_CASE(one_that_said_goodbye_is_gone) {
    auto value = written_by(::getpid(), ::getpid());
    value.ended = trafikito::base::timestamp::now();
    BOOST_TEST(!persistence::find_living(value, var).has_value());
}

BOOST_AUTO_TEST_CASE(the_lock_is_tried_and_left) {
    BOOST_TEST((persistence::try_directory(var / "missing") == lock_trial::free));
    persistence::instance_lock lock;
    BOOST_TEST(lock.lock_directory(var, std::chrono::milliseconds(0)));
    BOOST_TEST((persistence::try_directory(var) == lock_trial::held));
}

BOOST_AUTO_TEST_CASE(the_user_of_a_process) {
    BOOST_TEST(persistence::user_of(::getpid()).value() == ::geteuid());
}

BOOST_AUTO_TEST_SUITE_END()
