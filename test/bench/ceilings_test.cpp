#include "test/bench/ceilings.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::test::bench;

BOOST_AUTO_TEST_SUITE(ceilings)

BOOST_AUTO_TEST_CASE(what_is_recorded_is_read_again_below_the_same_comment) {
    std::vector<ceiling> const all{{"root", "system_calls", 932},
                                   {"user", "instructions", 3340000}};
    auto const text = format_ceilings("# why\n#\n# and how\n\nroot system_calls 1\n", all);
    BOOST_TEST(text.starts_with("# why\n#\n# and how\n\nroot system_calls "));
    auto const read = read_ceilings(text);
    BOOST_REQUIRE_EQUAL(read.size(), 2U);
    BOOST_TEST(read[1].who == "user");
    BOOST_TEST(read[1].what == "instructions");
    BOOST_TEST(read[1].limit == 3340000);
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_ceiling_is_named) {
    BOOST_CHECK_EXCEPTION(
        read_ceilings("# comment\nroot system_calls\n"), std::runtime_error,
        [](auto const& error) { return std::string(error.what()).starts_with("line 2 "); });
    BOOST_CHECK_THROW(read_ceilings("root system_calls 1 2\n"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_ceiling_has_some_room_and_that_of_synchronous_writes_none) {
    BOOST_TEST(ceiling_for("synchronous_writes", 3) == 3);
    BOOST_TEST(ceiling_for("synchronous_writes_of_no_command", 0) == 0);
    for (double const count : {58.0, 344.0, 5592.0, 3863091.0}) {
        BOOST_TEST(ceiling_for("system_calls", count) >= 1.06 * count);
        BOOST_TEST(ceiling_for("system_calls", count) <= 1.08 * count);
    }
}

BOOST_AUTO_TEST_CASE(numbers_are_grouped_by_thousands) {
    BOOST_TEST(grouped(7) == "7");
    BOOST_TEST(grouped(879) == "879");
    BOOST_TEST(grouped(5592) == "5,592");
    BOOST_TEST(grouped(3863091) == "3,863,091");
}

BOOST_AUTO_TEST_SUITE_END()
