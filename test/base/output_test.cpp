#include "base/output.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace trafikito;

struct output_fixture {
    output_fixture() {
        descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        BOOST_REQUIRE(descriptor >= 0);
    }
    ~output_fixture() { ::close(descriptor); }

    [[nodiscard]] std::string written() const { return test::read_file(file); }

    test::temporary_directory here;
    std::filesystem::path file = here.path() / "out";
    int descriptor = -1;
    base::redactor hidden;
};

BOOST_FIXTURE_TEST_SUITE(output, output_fixture)

BOOST_AUTO_TEST_CASE(what_a_terminal_obeys_is_written_out) {
    base::output out(descriptor, hidden);
    out << "a\x1b[31m" << "\tb\n" << 42 << '\xff';
    BOOST_TEST(out.finish() == 0);
    BOOST_TEST(written() == "a\\x1b[31m\tb\n42\\xff");
}

BOOST_AUTO_TEST_CASE(a_secret_in_several_pieces_is_found) {
    base::output out(descriptor, hidden);
    hidden.add(base::secret("key-of-host"));
    out << "it is key-" << std::flush << "of-" << 'h' << std::flush << "ost\n" << std::flush;
    BOOST_TEST(written() == "it is …\n");
}

BOOST_AUTO_TEST_CASE(a_secret_at_the_end_of_a_block_is_found) {
    hidden.add(base::secret("key-of-host"));
    base::output out(descriptor, hidden);
    std::string const filler((1UL << 20U) - 4, 'x');
    for (int time = 0; time < 3; ++time) {
        out << filler << "key-of" << "-host";
    }
    BOOST_TEST(out.finish() == 0);
    BOOST_TEST(written() == filler + "…" + filler + "…" + filler + "…");
}

BOOST_AUTO_TEST_CASE(bytes_are_passed_on_where_that_was_asked_for) {
    hidden.add(base::secret("key-of-host"));
    base::output out(descriptor, hidden);
    out.pass_on_bytes();
    out << "\x1b[31m\xff key-of-host" << std::flush;
    BOOST_TEST(written() == "\x1b[31m\xff key-of-host");
    BOOST_TEST(out.finish() == 0);
}

BOOST_AUTO_TEST_CASE(only_our_own_words_are_coloured) {
    hidden.add(base::secret("key-of-host"));
    base::output out(descriptor, hidden);
    out.use_colour(true);
    out.put(base::style::error, "error:") << " \x1b[31m \x01" << '2' << "key-of-host\n";
    out.put(base::style::strong, "\x1b\x01");
    BOOST_TEST(out.finish() == 0);
    BOOST_TEST(written() == "\x1b[1;31merror:\x1b[0m \\x1b[31m \\x012…\n\x1b[1m\\x1b\\x01\x1b[0m");
}

BOOST_AUTO_TEST_CASE(without_colour_nothing_speaks_to_a_terminal) {
    base::output out(descriptor, hidden);
    out.put(base::style::error, "error:") << '\x01' << "2\n";
    BOOST_TEST(out.finish() == 0);
    BOOST_TEST(written() == "error:\\x012\n");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told) {
    int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    base::output out(full, hidden);
    out << "one\n";
    BOOST_TEST(out.good());
    BOOST_TEST(out.finish() == ENOSPC);
    out << std::string(1UL << 20U, 'x');
    BOOST_TEST(!out);
    BOOST_TEST(out.finish() == ENOSPC);
    ::close(full);
}

BOOST_AUTO_TEST_CASE(nothing_printed_is_nothing_lost) {
    int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    base::output out(full, hidden);
    BOOST_TEST(out.finish() == 0);
    ::close(full);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_does_not_wait_gets_all_of_it) {
    int ends[2];
    BOOST_REQUIRE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    auto const reader = ::fork();
    if (reader == 0) {
        ::close(ends[1]);
        ::fcntl(ends[0], F_SETFL, 0);
        char bytes[4096];
        std::size_t all = 0;
        for (ssize_t got = 0; (got = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
            all += static_cast<std::size_t>(got);
        }
        ::_exit(all == 1'000'000 ? 0 : 1);
    }
    ::close(ends[0]);
    base::output out(ends[1], hidden);
    out << std::string(1'000'000, 'x');
    BOOST_TEST(out.finish() == 0);
    ::close(ends[1]);
    int status = -1;
    ::waitpid(reader, &status, 0);
    BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
