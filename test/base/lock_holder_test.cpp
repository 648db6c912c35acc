#include "base/lock_holder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(lock_holder)

BOOST_AUTO_TEST_CASE(the_holder_is_found_in_the_text_of_proc_locks) {
    std::string const text = "1: POSIX  ADVISORY  WRITE 11 fe:00:131 0 EOF\n"
                             "2: FLOCK  ADVISORY  WRITE 1234 fe:00:131 0 EOF\n"
                             "3: FLOCK  ADVISORY  WRITE 99 08:11:131 0 EOF\n";
    BOOST_TEST(base::find_lock_holder(text, 0xfe, 0, 131) == 1234);
    BOOST_TEST(base::find_lock_holder(text, 8, 0x11, 131) == 99);
    BOOST_TEST(base::find_lock_holder(text, 8, 0x11, 13) == 0);
    BOOST_TEST(base::find_lock_holder("nonsense", 8, 0x11, 13) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
