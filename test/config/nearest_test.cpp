#include "config/nearest.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

namespace config = trafikito::config;
using namespace trafikito::config;

BOOST_AUTO_TEST_SUITE(nearest)

BOOST_AUTO_TEST_CASE(counts_edits) {
    struct {
        char const* one;
        char const* other;
        std::size_t distance;
    } const table[] = {{"", "", 0},        {"abc", "abc", 0}, {"abc", "", 3},
                       {"", "abc", 3},     {"abc", "abd", 1}, {"abc", "bc", 1},
                       {"abc", "abcd", 1}, {"abc", "acb", 1}, {"kitten", "sitting", 3},
                       {"ABC", "abc", 0},  {"ca", "abc", 3},  {"ab", "ba", 1}};
    for (auto const& row : table) {
        BOOST_TEST(edit_distance(row.one, row.other) == row.distance,
                   row.one << " to " << row.other);
        BOOST_TEST(edit_distance(row.other, row.one) == row.distance,
                   row.other << " to " << row.one);
    }
}

constexpr std::array<std::string_view, 4> names{"timeout", "every", "nice", "user"};

BOOST_AUTO_TEST_CASE(finds_the_nearest_name) {
    BOOST_TEST(config::nearest("tiemout", names).value() == "timeout");
    BOOST_TEST(config::nearest("EVRY", names).value() == "every");
    BOOST_TEST(config::nearest("usr", names).value() == "user");
}

BOOST_AUTO_TEST_CASE(prefers_the_nearer_of_two) {
    constexpr std::array<std::string_view, 3> near{"max_outpost", "max_output", "max_outputs"};
    BOOST_TEST(config::nearest("max_outputt", near).value() == "max_output");
}

BOOST_AUTO_TEST_CASE(finds_nothing_where_nothing_is_near) {
    BOOST_TEST(!config::nearest("completely_else", names));
    BOOST_TEST(!config::nearest("", names));
    BOOST_TEST(!config::nearest("x", names));
    BOOST_TEST(!config::nearest(std::string(100'000, 'x'), names));
}

BOOST_AUTO_TEST_SUITE_END()
