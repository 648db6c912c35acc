#include "test/support/program.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

namespace {

using namespace trafikito::test;

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(a_file_of_proc_that_cannot_be_read_is_empty) {
    // As one whose process ends between open and read: the first bytes of memory are nobody's.
    BOOST_TEST(proc_file(::getpid(), "mem").empty());
    BOOST_TEST(!proc_file(::getpid(), "stat").empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
