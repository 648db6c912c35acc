#include "base/file.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito;
using trafikito::test::temporary_directory;

namespace {

constexpr std::size_t enough = 1024UL * 1024;

/// Not ambiguous with the test support's own read_file.
base::file_content read(std::filesystem::path const& path, std::size_t limit = enough) {
    return base::read_file(path, limit);
}

unsigned mode_of(std::filesystem::path const& path) {
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

std::ptrdiff_t entries_of(temporary_directory const& directory) {
    return std::distance(std::filesystem::directory_iterator(directory.path()), {});
}

} // namespace

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(reads_a_file_up_to_the_limit) {
    temporary_directory const directory;
    auto const file = directory.write("f", "abcd");
    BOOST_TEST(read(file, 4).content.value() == "abcd");
    auto const over = read(file, 3);
    BOOST_TEST(!over.content.has_value());
    BOOST_TEST(over.problem == "is larger than 3 bytes");
    BOOST_TEST(!over.missing);
    BOOST_TEST(read(directory.write("empty", ""), 4).content.value().empty());
}

BOOST_AUTO_TEST_CASE(reads_every_byte_as_it_is) {
    temporary_directory const directory;
    std::string content("\0\r\n\xff", 4);
    content += std::string(200'000, 'x');
    BOOST_TEST((read(directory.write("f", content)).content == content));
}

BOOST_AUTO_TEST_CASE(reads_a_file_whose_size_is_not_known_before) {
    // Files of /proc say that they have 0 bytes.
    auto const file = read("/proc/self/environ");
    auto const status = read("/proc/self/status");
    BOOST_TEST(file.problem.empty());
    BOOST_REQUIRE(status.content.has_value());
    BOOST_TEST(status.content->find("Pid:") != std::string::npos);
    BOOST_TEST(status.content->ends_with('\n'));
    BOOST_TEST(read("/proc/self/status", 10).problem == "is larger than 10 bytes");
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_told_from_an_unreadable_one) {
    temporary_directory const directory;
    auto const missing = read(directory.path() / "none");
    BOOST_TEST(missing.missing);
    BOOST_TEST(missing.problem == "cannot be read: No such file or directory");
    auto const below_a_file = read(directory.write("f", "") / "none");
    BOOST_TEST(below_a_file.missing);
    if (::geteuid() != 0) {
        auto const locked = directory.write("locked", "a");
        std::filesystem::permissions(locked, std::filesystem::perms::none);
        BOOST_TEST(!read(locked).missing);
        BOOST_TEST(read(locked).problem == "cannot be read: Permission denied");
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_regular_file_without_waiting) {
    temporary_directory const directory;
    BOOST_TEST(read(directory.path()).problem == "is a directory, not a file");
    auto const fifo = directory.path() / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    BOOST_TEST(read(fifo).problem == "is a FIFO, not a regular file");
    BOOST_TEST(read("/dev/zero").problem == "is a device, not a regular file");
    BOOST_TEST(!read(directory.path()).missing);
}

BOOST_AUTO_TEST_CASE(follows_symbolic_links) {
    temporary_directory const directory;
    std::filesystem::create_symlink(directory.write("f", "abc"), directory.path() / "link");
    BOOST_TEST(read(directory.path() / "link").content.value() == "abc");
    std::filesystem::create_symlink(directory.path() / "loop", directory.path() / "loop");
    BOOST_TEST(!read(directory.path() / "loop").content.has_value());
}

BOOST_AUTO_TEST_CASE(replacing_takes_one_step_and_leaves_nothing_beside) {
    temporary_directory const directory;
    auto const file = directory.write("f", "old");
    BOOST_TEST(!base::replace_file(file, "new"));
    BOOST_TEST(test::read_file(file) == "new");
    BOOST_TEST(entries_of(directory) == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_leaves_the_old_file_whole) {
    temporary_directory const directory;
    auto const file = directory.write("f", "old");
    auto const failed = base::replace_file(file, [](int descriptor) {
        return base::write_fully(descriptor, "half") == 0 ? ENOSPC : EIO;
    });
    BOOST_TEST((failed == std::errc::no_space_on_device));
    BOOST_TEST(base::cannot_write(file, failed) ==
               file.string() + " cannot be written: No space left on device");
    BOOST_TEST(base::cannot_write(file, {}) == "");
    BOOST_TEST(test::read_file(file) == "old");
    BOOST_TEST(entries_of(directory) == 1);
}

BOOST_AUTO_TEST_CASE(what_stands_where_the_new_file_is_made_is_not_written_to) {
    temporary_directory const directory;
    auto const file = directory.write("f", "old");
    auto const victim = directory.write("victim", "mine");
    std::filesystem::create_symlink(victim, file.string() + ".new");
    BOOST_TEST(!base::replace_file(file, "new"));
    std::filesystem::create_hard_link(victim, file.string() + ".new");
    BOOST_TEST(!base::replace_file(file, "newer"));
    BOOST_TEST(test::read_file(victim) == "mine");
    BOOST_TEST(test::read_file(file) == "newer");
    BOOST_TEST(!std::filesystem::is_symlink(file));
}

BOOST_AUTO_TEST_CASE(a_file_is_created_whole_with_its_mode_and_never_replaced) {
    temporary_directory const directory;
    auto const file = directory.path() / "f";
    auto const before = ::umask(077);
    BOOST_TEST(!base::create_file(file, "one", 0644));
    ::umask(before);
    BOOST_TEST(mode_of(file) == 0644U);
    BOOST_TEST((base::create_file(file, "two", 0600) == std::errc::file_exists));
    BOOST_TEST(test::read_file(file) == "one");
    BOOST_TEST(entries_of(directory) == 1);
    BOOST_TEST((base::create_file(file / "below", "x", 0600) == std::errc::not_a_directory));
}

BOOST_AUTO_TEST_SUITE_END()
