#include "agent/persistence/instance_lock.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>

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

/// Whoever holds a lock on `path` as other users may: through a descriptor for reading.
base::descriptor held(std::filesystem::path const& path) {
    base::descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_REQUIRE(::flock(file.get(), LOCK_EX | LOCK_NB) == 0);
    return file;
}

struct stat facts_of(std::filesystem::path const& path) {
    struct stat facts{};
    BOOST_REQUIRE(::lstat(path.c_str(), &facts) == 0);
    return facts;
}

BOOST_AUTO_TEST_CASE(a_lock_on_the_directory_is_in_nobodys_way) {
    test::temporary_directory const here;
    auto const other = held(here.path());
    agent::persistence::instance_lock lock;
    BOOST_TEST(lock.lock_directory(here.path(), 0ms));
    BOOST_TEST(lock.problem() == "");
    BOOST_TEST((facts_of(here.path() / "trafikito.lock").st_mode & 07777) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_lock_that_others_can_open_is_replaced) {
    test::temporary_directory const here;
    auto const file = here.write("trafikito.lock", "");
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    auto const other = held(file);
    agent::persistence::instance_lock lock;
    BOOST_TEST(lock.lock_directory(here.path(), 0ms));
    BOOST_TEST(lock.problem() == "");
    BOOST_TEST((facts_of(file).st_mode & 07777) == 0600U);
    agent::persistence::instance_lock second;
    BOOST_TEST(!second.lock_directory(here.path(), 0ms));
}

BOOST_AUTO_TEST_CASE(what_was_planted_in_its_place_is_put_aside) {
    test::temporary_directory const here;
    auto const file = here.path() / "trafikito.lock";
    auto const plant = std::initializer_list<std::function<void()>>{
        [&] { BOOST_REQUIRE(::mkfifo(file.c_str(), 0600) == 0); },
        [&] { std::filesystem::create_symlink(here.write("elsewhere", ""), file); },
        [&] { std::filesystem::create_hard_link(here.write("twice", ""), file); },
        [&] { (void)here.write("trafikito.lock/full", ""); }};
    for (auto const& one : plant) {
        one();
        agent::persistence::instance_lock lock;
        BOOST_TEST(lock.lock_directory(here.path(), 0ms));
        BOOST_TEST(lock.problem() == "");
        BOOST_TEST(S_ISREG(facts_of(file).st_mode));
        std::filesystem::remove(file);
    }
}

BOOST_AUTO_TEST_CASE(a_lock_of_a_stranger_is_replaced,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    test::temporary_directory const here;
    auto const file = here.write("trafikito.lock", "");
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    BOOST_REQUIRE(::chown(file.c_str(), 12'345, 12'345) == 0);
    auto const other = held(file);
    agent::persistence::instance_lock lock;
    BOOST_TEST(lock.lock_directory(here.path(), 0ms));
    BOOST_TEST(facts_of(file).st_uid == 0U);
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_written_is_a_problem_and_no_holder,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() != 0; })) {
    test::temporary_directory const here;
    std::filesystem::permissions(here.path(), std::filesystem::perms(0500));
    agent::persistence::instance_lock lock;
    BOOST_TEST(lock.lock_directory(here.path(), 0ms));
    BOOST_TEST(lock.problem().ends_with("trafikito.lock: Permission denied"));
    std::filesystem::permissions(here.path(), std::filesystem::perms(0700));
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

BOOST_AUTO_TEST_CASE(the_claim_of_a_stranger_is_not_believed,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    test::temporary_directory const here;
    auto const identity = "server " + here.path().string();
    std::array<int, 2> claimed{};
    std::array<int, 2> done{};
    BOOST_REQUIRE((::pipe(claimed.data()) == 0 && ::pipe(done.data()) == 0));
    pid_t const stranger = ::fork();
    if (stranger == 0) {
        agent::persistence::instance_lock theirs;
        char end = 0;
        bool const ready = ::setresuid(54'321, 54'321, 54'321) == 0 &&
                           theirs.claim_server(identity, 0ms) && ::write(claimed[1], "x", 1) == 1;
        ::close(done[1]);
        ::_exit(ready && ::read(done[0], &end, 1) == 0 ? 0 : 1);
    }
    ::close(claimed[1]);
    char ready = 0;
    BOOST_TEST(::read(claimed[0], &ready, 1) == 1);
    agent::persistence::instance_lock lock;
    BOOST_TEST(lock.claim_server(identity, 0ms));
    BOOST_TEST(lock.problem().starts_with("another user's process"));
    ::close(done[1]);
    int status = -1;
    BOOST_TEST(::waitpid(stranger, &status, 0) == stranger);
    BOOST_TEST(status == 0);
    ::close(claimed[0]);
    ::close(done[0]);
}

BOOST_AUTO_TEST_SUITE_END()
