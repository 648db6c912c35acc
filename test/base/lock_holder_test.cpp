#include "base/lock_holder.hpp"

#include "base/descriptor.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

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

BOOST_AUTO_TEST_CASE(the_holder_is_found_while_others_lock_and_unlock) {
    test::temporary_directory const here;
    auto const locked = [](std::filesystem::path const& path) {
        base::descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        BOOST_REQUIRE(::flock(file.get(), LOCK_EX) == 0);
        return file;
    };
    auto const ours = locked(here.write("ours", ""));
    // New ones come first in the list, so that each that goes moves what comes after it.
    constexpr std::size_t many = 60;
    std::vector<base::descriptor> others;
    others.reserve(many);
    for (std::size_t i = 0; i < many; ++i) {
        others.push_back(locked(here.write("other" + std::to_string(i), "")));
    }
    std::jthread const busy([&](std::stop_token const& stop) {
        while (!stop.stop_requested()) {
            for (auto const operation : {LOCK_UN, LOCK_EX}) {
                for (auto const& other : others) {
                    ::flock(other.get(), operation);
                }
            }
        }
    });
    int found = 0;
    for (int i = 0; i < 200; ++i) {
        found += base::lock_holder_of(ours.get()) == ::getpid() ? 1 : 0;
    }
    BOOST_TEST(found == 200);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
