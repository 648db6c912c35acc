#include "agent/persistence/foreign_place.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito;

namespace {

struct foreign_place_fixture {
    std::string write(std::string const& text = "mark\n1\n") {
        return agent::persistence::replace_in_foreign_place(file, text, "mark\n");
    }
    [[nodiscard]] bool is_one_file() const {
        return std::distance(std::filesystem::directory_iterator(here.path()),
                             std::filesystem::directory_iterator()) == 1;
    }

    test::temporary_directory here;
    std::filesystem::path file = here.path() / "trafikito.prom";
};

bool holds(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(foreign_place, foreign_place_fixture)

BOOST_AUTO_TEST_CASE(it_is_replaced_and_everybody_may_read_it) {
    BOOST_TEST(write() == "");
    BOOST_TEST(write("mark\n2\n") == "");
    BOOST_TEST(test::read_file(file) == "mark\n2\n");
    struct stat facts{};
    BOOST_REQUIRE_EQUAL(::stat(file.c_str(), &facts), 0);
    BOOST_TEST((facts.st_mode & 07777U) == 0644U);
    BOOST_TEST(is_one_file());
}

BOOST_AUTO_TEST_CASE(what_somebody_else_wrote_stays) {
    (void)here.write("trafikito.prom", "root:x:0:0\n");
    BOOST_TEST(holds(write(), "was not written by this agent"));
    BOOST_TEST(test::read_file(file) == "root:x:0:0\n");
    (void)here.write("trafikito.prom", "");
    BOOST_TEST(write() == "");
}

BOOST_AUTO_TEST_CASE(a_link_in_its_place_is_not_followed) {
    auto const victim = here.write("victim", "mark\nvictim\n");
    std::filesystem::create_symlink(victim, file);
    BOOST_TEST(holds(write(), "is no regular file"));
    BOOST_TEST(test::read_file(victim) == "mark\nvictim\n");
    std::filesystem::remove(file);
    std::filesystem::create_symlink(victim, here.path() / "trafikito.prom.new");
    BOOST_TEST(write() == "");
    BOOST_TEST(test::read_file(victim) == "mark\nvictim\n");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_said) {
    file = here.path() / "missing" / "trafikito.prom";
    BOOST_TEST(holds(write(), "cannot be written: there is no directory "));
}

BOOST_AUTO_TEST_CASE(a_link_of_ours_on_the_way_is_followed_and_one_of_others_is_not) {
    std::filesystem::create_directory(here.path() / "real");
    std::filesystem::create_symlink("real", here.path() / "way");
    file = here.path() / "way" / "trafikito.prom";
    BOOST_TEST(write() == "");
    BOOST_TEST(std::filesystem::exists(here.path() / "real" / "trafikito.prom"));
    if (::geteuid() != 0) {
        return; // nobody else can be made its owner
    }
    constexpr uid_t somebody = 65534;
    BOOST_REQUIRE_EQUAL(::lchown((here.path() / "way").c_str(), somebody, somebody), 0);
    BOOST_TEST(holds(write(), " on the way there is of another user"));
}

BOOST_AUTO_TEST_SUITE_END()
