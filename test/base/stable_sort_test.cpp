#include "base/stable_sort.hpp"

#include <boost/test/tools/collection_comparison_op.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(stable_sort)

BOOST_AUTO_TEST_CASE(equal_ones_stay_in_their_order) {
    std::vector<std::string> words{"bb", "a", "cc", "b", "", "aa"};
    trafikito::base::stable_sort(words, &std::string::size);
    std::vector<std::string> const wanted{"", "a", "b", "bb", "cc", "aa"};
    BOOST_TEST(words == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_sorted_too) {
    std::vector<int> none;
    trafikito::base::stable_sort(none, [](int one) { return -one; });
    BOOST_TEST(none.empty());
}

BOOST_AUTO_TEST_SUITE_END()
