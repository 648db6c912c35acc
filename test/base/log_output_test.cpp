#include "base/log_output.hpp"

#include "base/descriptor.hpp"
#include "test/exec/forked.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <string>

using namespace trafikito;

namespace {

struct pipe_ends {
    pipe_ends() {
        std::array<int, 2> ends{};
        BOOST_REQUIRE_EQUAL(::pipe2(ends.data(), O_CLOEXEC), 0);
        read = base::descriptor(ends[0]);
        write = base::descriptor(ends[1]);
    }
    /// What is in it now.
    [[nodiscard]] std::string drain() const {
        ::fcntl(read.get(), F_SETFL, O_NONBLOCK);
        std::string all;
        std::array<char, 65536> buffer{};
        for (;;) {
            auto const got = ::read(read.get(), buffer.data(), buffer.size());
            if (got <= 0) {
                return all;
            }
            all.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
    base::descriptor read;
    base::descriptor write;
};

std::string const long_line = std::string(1000, 'x') + "\n";

} // namespace

BOOST_AUTO_TEST_SUITE(log_output)

BOOST_AUTO_TEST_CASE(a_full_pipe_loses_lines_and_never_blocks) {
    pipe_ends const ends;
    auto const write = base::log_to_descriptor(ends.write.get(), "us");
    for (int i = 0; i < 1000; ++i) {
        write(long_line); // more than any pipe holds: a blocking write would hang here
    }
    auto const first = ends.drain();
    BOOST_TEST(first.size() % long_line.size() == 0U);
    auto const lost = 1000 - first.size() / long_line.size();
    BOOST_TEST(lost > 0U);
    write("after\n");
    BOOST_TEST(ends.drain() == "us: " + std::to_string(lost) +
                                   " lines of the log lost: nobody read it in time\nafter\n");
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_gone_is_no_reason_to_end) {
    pipe_ends ends;
    auto const write = base::log_to_descriptor(ends.write.get(), "us");
    ends.read = base::descriptor();
    auto const before = std::signal(SIGPIPE, SIG_IGN); // as set_process_defaults() does
    write("nobody\n");
    write("nobody\n");
    std::signal(SIGPIPE, before);
}

BOOST_AUTO_TEST_CASE(a_full_disk_loses_lines_that_are_counted_once_it_has_room_again) {
    test::temporary_directory const here;
    auto const path = (here.path() / "log").string();
    auto const limit = [](rlim_t bytes) {
        rlimit const both{bytes, RLIM_INFINITY};
        return ::setrlimit(RLIMIT_FSIZE, &both) == 0;
    };
    int const status = test::forked([&] {
        std::signal(SIGXFSZ, SIG_IGN); // as set_process_defaults() does
        base::descriptor const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        auto const write = base::log_to_descriptor(file.get(), "us");
        if (!limit(10)) {
            return 1;
        }
        write("fits\n");
        write("too long\n"); // its first five bytes are taken
        write("lost\n");
        if (!limit(RLIM_INFINITY)) {
            return 1;
        }
        write("after\n");
        write("more\n");
        return 0;
    });
    BOOST_TEST(status == 0);
    BOOST_TEST(test::read_file(path) ==
               "fits\ntoo l\nus: 2 lines of the log lost: the file could not be written: File too "
               "large\nafter\nmore\n");
}

BOOST_AUTO_TEST_CASE(the_flags_of_a_shared_descriptor_stay_as_they_are) {
    pipe_ends const ends;
    auto const before = ::fcntl(ends.write.get(), F_GETFL);
    base::log_to_descriptor(ends.write.get(), "us")("line\n");
    BOOST_TEST(::fcntl(ends.write.get(), F_GETFL) == before);
}

BOOST_AUTO_TEST_CASE(a_log_file_is_appended_to_and_not_for_others) {
    test::temporary_directory const here;
    auto const path = here.path() / "trafikito.log";
    base::open_log(path, "us")("one\n");
    base::open_log(path, "us")("two\n");
    BOOST_TEST(test::read_file(path) == "one\ntwo\n");
    auto const others =
        std::filesystem::status(path).permissions() & std::filesystem::perms::others_all;
    BOOST_TEST((others == std::filesystem::perms::none));
}

BOOST_AUTO_TEST_CASE(a_dash_is_stdout) {
    test::temporary_directory const here;
    auto const path = here.path() / "stdout";
    int const status = test::forked([&] {
        base::descriptor const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        if (::dup2(file.get(), STDOUT_FILENO) != STDOUT_FILENO) {
            return 1;
        }
        base::open_log(base::log_to_stdout, "us")("line\n");
        return 0;
    });
    BOOST_TEST(status == 0);
    BOOST_TEST(test::read_file(path) == "line\n");
}

BOOST_AUTO_TEST_CASE(a_log_file_keeps_its_last_lines_and_stays_below_its_limit) {
    test::temporary_directory const here;
    auto const path = here.path() / "trafikito.log";
    auto const write = base::log_to_file(path, "us", {1000, 5});
    for (int i = 0; i < 500; ++i) {
        write("line number " + std::to_string(i) + "\n");
        BOOST_REQUIRE_LE(std::filesystem::file_size(path), 1000U);
    }
    auto const text = test::read_file(path);
    BOOST_TEST(text.starts_with("line number "));
    BOOST_TEST(text.ends_with("line number 498\nline number 499\n"));
}

BOOST_AUTO_TEST_CASE(a_line_longer_than_the_limit_does_not_stay) {
    test::temporary_directory const here;
    auto const path = here.path() / "trafikito.log";
    auto const write = base::log_to_file(path, "us", {100, 5});
    write(long_line);
    write("short\n");
    BOOST_TEST(test::read_file(path) == "short\n");
}

BOOST_AUTO_TEST_CASE(a_log_file_that_was_rotated_away_is_made_anew) {
    test::temporary_directory const here;
    auto const path = here.path() / "trafikito.log";
    auto const write = base::log_to_file(path, "us");
    write("one\n");
    std::filesystem::rename(path, here.path() / "trafikito.log.1");
    write("two\n");
    BOOST_TEST(test::read_file(here.path() / "trafikito.log.1") == "one\n");
    BOOST_TEST(test::read_file(path) == "two\n");
    std::filesystem::resize_file(path, 0); // logrotate's copytruncate
    write("three\n");
    BOOST_TEST(test::read_file(path) == "three\n");
}

BOOST_AUTO_TEST_CASE(a_link_in_the_place_of_the_log_file_is_not_followed) {
    test::temporary_directory const here;
    auto const target = here.path() / "precious";
    std::filesystem::create_symlink(target, here.path() / "trafikito.log");
    base::log_to_file(here.path() / "trafikito.log", "us")("line\n");
    BOOST_TEST(!std::filesystem::exists(target));
}

BOOST_AUTO_TEST_CASE(the_journal_gets_a_datagram_a_line) {
    test::temporary_directory const here;
    auto const path = (here.path() / "socket").string();
    base::descriptor const journal(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    auto const send = base::log_to_journal(path);
    BOOST_TEST(!send("MESSAGE=nobody listens\n"));
    BOOST_REQUIRE_EQUAL(
        ::bind(journal.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address), 0);
    BOOST_TEST(send("MESSAGE=hello\n"));
    std::array<char, 100> buffer{};
    auto const got = ::recv(journal.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    BOOST_REQUIRE(got > 0);
    BOOST_TEST(std::string(buffer.data(), static_cast<std::size_t>(got)) == "MESSAGE=hello\n");
}

BOOST_AUTO_TEST_SUITE_END()
