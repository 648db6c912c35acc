#include "agent/cli/progress_line.hpp"

#include "base/descriptor.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>

using namespace trafikito;
using agent::cli::progress_text;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(progress_line)

BOOST_AUTO_TEST_CASE(says_how_far_it_is_and_what_runs) {
    BOOST_TEST(progress_text(3, 17, {"df", "lsof"}, seconds(2), 80) == "3/17 df, lsof ... 2 s");
    BOOST_TEST(progress_text(0, 4, {}, seconds(0), 80) == "0/4 ... 0 s");
}

BOOST_AUTO_TEST_CASE(fits_into_the_line) {
    for (std::size_t columns = 20; columns < 60; ++columns) {
        auto const text =
            progress_text(3, 4096, {"some_long_name", "another", "third"}, seconds(100), columns);
        BOOST_TEST(text.size() < columns);
        BOOST_TEST(text.ends_with(" ... 100 s"));
    }
    BOOST_TEST(progress_text(3, 17, {"df"}, seconds(2), 0) == "3/17 ... 2 s");
}

BOOST_AUTO_TEST_CASE(nothing_of_it_goes_into_a_pipe) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    base::descriptor const ours(ends[0]);
    base::descriptor const theirs(ends[1]);
    {
        agent::cli::progress_line line(theirs.get());
        BOOST_TEST(!line.shows());
        line.draw(1, 2, {"df"}, seconds(1));
    }
    char byte = 0;
    BOOST_TEST(::read(ours.get(), &byte, 1) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
