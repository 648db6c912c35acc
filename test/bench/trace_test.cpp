#include "test/bench/trace.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::test::bench;

BOOST_AUTO_TEST_SUITE(trace)

BOOST_AUTO_TEST_CASE(calls_of_the_agent_are_counted_from_report_to_report) {
    auto const cycles =
        read_trace("100 execve(\"/agent\", [\"/agent\"], 0x7ffe /* 3 vars */) = 0\n"
                   "100 write(2, \"info    report accepted: 1 command\\n\", 34) = 34\n"
                   "100 read(5, \"\", 16) = 0\n"
                   "100 close(5) = 0\n"
                   "100 write(2, \"info    report accepted: 1 command\\n\", 34) = 34\n"
                   "100 read(5, \"\", 16) = 0\n");
    BOOST_REQUIRE_EQUAL(cycles.size(), 2U);
    BOOST_TEST(cycles[0].calls == 2);
    BOOST_TEST(cycles[1].calls == 3);
    BOOST_TEST(cycles[1].by_name.at("read") == 1);
}

BOOST_AUTO_TEST_CASE(an_audit_of_a_report_is_no_end_of_a_cycle) {
    BOOST_TEST(read_trace("100 write(16, \"report accepted\\n\", 16) = 16\n").empty());
}

BOOST_AUTO_TEST_CASE(a_call_that_others_cut_in_two_is_one) {
    auto const cycles = read_trace("100 read(5,  <unfinished ...>\n"
                                   "101 close(3) = 0\n"
                                   "100 <... read resumed>\"x\", 16) = 1\n"
                                   "100 write(2, \"report accepted\\n\", 16) = 16\n");
    BOOST_REQUIRE_EQUAL(cycles.size(), 1U);
    BOOST_TEST(cycles[0].calls == 2);
}

BOOST_AUTO_TEST_CASE(children_count_until_they_are_their_commands) {
    auto const cycles = read_trace("100 getpid() = 100\n"
                                   "101 setsid() = 101\n"
                                   "101 dup2(4, 1) = 1\n"
                                   "101 execve(\"/bin/sh\", [\"sh\"], 0x7ffe /* 3 vars */) = 0\n"
                                   "101 brk(NULL) = 0x5555\n"
                                   "101 +++ exited with 0 +++\n"
                                   "100 write(2, \"report accepted\\n\", 16) = 16\n");
    BOOST_REQUIRE_EQUAL(cycles.size(), 1U);
    BOOST_TEST(cycles[0].before_exec == 3);
    BOOST_TEST(cycles[0].calls == 2);
}

BOOST_AUTO_TEST_CASE(whatever_waits_for_the_disk_is_a_synchronous_write) {
    auto const cycles =
        read_trace("100 fsync(7) = 0\n"
                   "100 fdatasync(7) = 0\n"
                   "100 openat(AT_FDCWD, \"state\", O_RDWR|O_DSYNC|O_CLOEXEC) = 12\n"
                   "100 pwrite64(12, \"x\", 1, 0) = 1\n"
                   "100 pwrite64(11, \"x\", 1, 0) = 1\n"
                   "100 close(12) = 0\n"
                   "100 pwrite64(12, \"x\", 1, 0) = 1\n"
                   "100 pwritev2(11, [], 1, 0, RWF_DSYNC) = 1\n"
                   "100 msync(0x7f, 4096, MS_ASYNC) = 0\n"
                   "100 msync(0x7f, 4096, MS_SYNC) = 0\n"
                   "100 write(2, \"report accepted\\n\", 16) = 16\n");
    BOOST_REQUIRE_EQUAL(cycles.size(), 1U);
    BOOST_TEST(cycles[0].synchronous == 5);
}

BOOST_AUTO_TEST_CASE(where_no_text_can_be_read_much_work_and_a_line_are_a_cycle) {
    std::string text = "100 write(2, 0x5555, 90) = 90\n";
    for (int i = 0; i < 100; ++i) {
        text += "100 getpid() = 100\n";
    }
    text += "100 write(2, 0x5555, 87) = 87\n100 write(2, 0x5555, 30) = 30\n";
    auto const cycles = read_trace(text);
    BOOST_REQUIRE_EQUAL(cycles.size(), 1U);
    BOOST_TEST(cycles[0].calls == 102);
}

BOOST_AUTO_TEST_SUITE_END()
