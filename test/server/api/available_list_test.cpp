#include "server/api/available_list.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito::server;

BOOST_AUTO_TEST_SUITE(available_list)

BOOST_AUTO_TEST_CASE(valid_lines_stay_and_others_go) {
    BOOST_TEST(
        api::valid_lines(
            "\n\ntrafikito_a=\"x\"\n# no\nfree=\"free\"\ntrafikito_b=\"y\" \t\r\ntrafikito_c=\"\"\n"
            "trafikito_d=\"a\"b\"\ntrafikito_=\"x\"\ntrafikito_e=\"last\"") ==
        "trafikito_a=\"x\"\ntrafikito_b=\"y\" \t\r\ntrafikito_e=\"last\"\n");
}

BOOST_AUTO_TEST_CASE(a_name_counts_once_at_its_first_place) {
    BOOST_TEST(api::available_names("trafikito_b=\"1\"\ntrafikito_a=\"2\"\ntrafikito_b=\"3\"\n") ==
                   (std::vector<std::string>{"trafikito_b", "trafikito_a"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lines_beyond_the_limit_are_left_out) {
    std::string text;
    for (std::size_t i = 0; i < api::max_available_lines + 10; ++i) {
        text += "trafikito_" + std::to_string(i) + "=\"x\"\n";
    }
    BOOST_TEST(api::available_names(text).size() == api::max_available_lines);
}

BOOST_AUTO_TEST_CASE(half_a_line_is_none) {
    std::string const line = "trafikito_a=\"df -h\"";
    for (std::size_t size = 0; size < line.size(); ++size) {
        BOOST_TEST(api::available_names(line.substr(0, size)).empty());
    }
    BOOST_TEST(api::available_names(line).size() == 1U);
}

// It is read with every request of that server.
BOOST_AUTO_TEST_CASE(a_list_is_bounded_in_bytes_too) {
    std::string const huge = "trafikito_huge=\"" + std::string(2UL * 1024 * 1024, 'x') + "\"\n";
    BOOST_TEST(api::valid_lines(huge + "trafikito_a=\"b\"\n") == "trafikito_a=\"b\"\n");
    std::string many;
    for (int i = 0; i < 300; ++i) {
        many += "trafikito_" + std::to_string(i) + "=\"" + std::string(10'000, 'x') + "\"\n";
    }
    auto const kept = api::valid_lines(many);
    BOOST_TEST(kept.size() <= 1024U * 1024);
    BOOST_TEST(kept.size() > 1000U * 1024);
    BOOST_TEST(many.starts_with(kept));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
