#include "server/security/directory_lock.hpp"

#include "base/descriptor.hpp"
#include "test/exec/forked.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(directory_lock)

BOOST_AUTO_TEST_CASE(a_second_server_is_refused_and_told_who_has_it) {
    test::temporary_directory const here;
    server::security::directory_lock const first(here.path());
    BOOST_CHECK_EXCEPTION(server::security::directory_lock{here.path()}, std::runtime_error,
                          [&](std::runtime_error const& failure) {
                              std::string const what = failure.what();
                              auto const who = "process " + std::to_string(::getpid());
                              return what.find(who) != what.npos &&
                                     what.find(here.path().string()) != what.npos;
                          });
    auto const mode = std::filesystem::status(here.path() / "trafikito.lock").permissions();
    BOOST_TEST(static_cast<unsigned>(mode) == 0600U);
}

BOOST_AUTO_TEST_CASE(whether_there_is_a_server_can_be_asked_and_keeps_none_from_its_start) {
    test::temporary_directory const here;
    BOOST_TEST(!server::security::is_served(here.path()));
    {
        server::security::directory_lock const first(here.path());
        BOOST_TEST(server::security::is_served(here.path()));
    }
    BOOST_TEST(!server::security::is_served(here.path())); // the file is there
    base::descriptor asking(::open((here.path() / "trafikito.lock").c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_REQUIRE(::flock(asking.get(), LOCK_SH) == 0);
    std::thread answered([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        asking = base::descriptor();
    });
    BOOST_CHECK_NO_THROW(server::security::directory_lock{here.path()});
    answered.join();
}

BOOST_AUTO_TEST_CASE(a_second_server_is_refused_when_the_lock_file_was_removed_or_another) {
    test::temporary_directory const here;
    server::security::directory_lock const first(here.path());
    auto const names_us = [&](std::runtime_error const& failure) {
        std::string const what = failure.what();
        return what.find("a server uses " + here.path().string()) != what.npos &&
               what.find("(process " + std::to_string(::getpid()) + ")") != what.npos;
    };
    std::filesystem::remove(here.path() / "trafikito.lock");
    BOOST_CHECK_EXCEPTION(server::security::directory_lock{here.path()}, std::runtime_error,
                          names_us);
    here.write("another", "1\n");
    std::filesystem::rename(here.path() / "another", here.path() / "trafikito.lock");
    BOOST_CHECK_EXCEPTION(server::security::directory_lock{here.path()}, std::runtime_error,
                          names_us);
}

BOOST_AUTO_TEST_CASE(who_looks_through_the_directory_for_a_moment_is_in_nobodys_way) {
    test::temporary_directory const here;
    base::descriptor const other(::open(here.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    BOOST_REQUIRE(::flock(other.get(), LOCK_EX) == 0);
    std::thread tidying([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        ::flock(other.get(), LOCK_UN);
    });
    BOOST_CHECK_NO_THROW(server::security::directory_lock{here.path()});
    tidying.join();
}

BOOST_AUTO_TEST_CASE(it_ends_with_its_owner_however_that_ends) {
    test::temporary_directory const here;
    auto const code = test::forked([&]() -> int {
        server::security::directory_lock const first(here.path());
        ::_exit(0);
    });
    BOOST_TEST(code == 0);
    BOOST_CHECK_NO_THROW(server::security::directory_lock{here.path()});
}

BOOST_AUTO_TEST_CASE(what_is_in_its_place_is_not_followed) {
    test::temporary_directory const here;
    auto const elsewhere = here.write("elsewhere", "precious");
    std::filesystem::create_symlink(elsewhere, here.path() / "trafikito.lock");
    BOOST_CHECK_THROW(server::security::directory_lock{here.path()}, std::runtime_error);
    BOOST_TEST(test::read_file(elsewhere) == "precious");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
