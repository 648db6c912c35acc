#include "server/cli/unit_options.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

namespace {

using namespace trafikito::server;

BOOST_AUTO_TEST_SUITE(unit_options)

BOOST_AUTO_TEST_CASE(the_last_setting_of_the_file_counts_with_its_line) {
    auto const found =
        cli::options_in("# TRAFIKITO_SERVER_OPTIONS=\"--no\"\nTRAFIKITO_SERVER_OPTIONS=\n"
                        "OTHER=x\n TRAFIKITO_SERVER_OPTIONS=\"--listen  0.0.0.0:8443\t--yes\"\n",
                        "file");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->words == (std::vector<std::string>{"--listen", "0.0.0.0:8443", "--yes"}),
               boost::test_tools::per_element());
    BOOST_TEST(found->from == "file");
    BOOST_TEST(found->line == 4U);
}

BOOST_AUTO_TEST_CASE(a_file_without_it_says_nothing) {
    BOOST_TEST(!cli::options_in("", "file").has_value());
    BOOST_TEST(!cli::options_in("#TRAFIKITO_SERVER_OPTIONS=\"--yes\"\n", "file").has_value());
    BOOST_TEST(cli::options_in("TRAFIKITO_SERVER_OPTIONS=", "file")->words.empty());
    BOOST_TEST(cli::options_in("TRAFIKITO_SERVER_OPTIONS='a", "file")->words.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_process_that_is_no_server_has_none) {
    BOOST_TEST(!cli::options_of_process(::getpid()).has_value());
    BOOST_TEST(!cli::options_of_process(-1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
