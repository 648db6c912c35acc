#include "server/api/server_url.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito::server::api;

BOOST_AUTO_TEST_SUITE(server_url)

BOOST_AUTO_TEST_CASE(an_address_is_https_a_host_and_a_port) {
    for (auto const* good : {"https://a", "https://a.example:8443", "https://192.0.2.1:1",
                             "https://[2001:db8::1]:8443", "https://[::1]"}) {
        BOOST_TEST(is_server_url(good), good);
    }
    for (auto const* bad :
         {"", "http://a", "https://", "https://a/", "https://a/b", "https://a:", "https://a:0",
          "https://a:65536", "https://a:1x", "https://::1", "https://[a]", "https://u@a",
          "https://a b", "https://a'", "https://a\n", "https://-a", "https://[::1", "https://$a"}) {
        BOOST_TEST(!is_server_url(bad), bad);
    }
}

BOOST_AUTO_TEST_CASE(names_are_compared_as_agents_do) {
    std::vector<std::string> const names{"a.example", "*.b.example", "192.0.2.1"};
    for (auto const* good : {"a.example", "A.Example", "x.b.example", "192.0.2.1"}) {
        BOOST_TEST(covers(names, good), good);
    }
    for (auto const* bad :
         {"", "b.example", "x.y.b.example", ".b.example", "xa.example", "192.0.2.2"}) {
        BOOST_TEST(!covers(names, bad), bad);
    }
    BOOST_TEST(host_of("https://[::1]:1") == "::1");
    BOOST_TEST(host_of("https://a.example") == "a.example");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
