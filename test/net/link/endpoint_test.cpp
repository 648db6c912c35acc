#include "net/link/endpoint.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace trafikito::net;

BOOST_AUTO_TEST_SUITE(endpoint)

BOOST_AUTO_TEST_CASE(the_parts_of_an_address_are_told_apart) {
    auto const to =
        link::parse_endpoint(" https://API.Example.com:8443/v1/agent/get?a=b%20c \n").value();
    BOOST_TEST(to.tls);
    BOOST_TEST(to.host == "api.example.com");
    BOOST_TEST(to.port == 8443);
    BOOST_TEST(to.target == "/v1/agent/get?a=b%20c");
    BOOST_TEST(to.peer() == "api.example.com:8443");
    BOOST_TEST(to.host_header() == "api.example.com:8443");
    BOOST_TEST(to.origin() == "https://api.example.com:8443");
}

BOOST_AUTO_TEST_CASE(host_has_no_port_where_it_is_the_usual_one) {
    BOOST_TEST(link::parse_endpoint("https://a.example").value().host_header() == "a.example");
    BOOST_TEST(link::parse_endpoint("https://a.example:443/").value().host_header() == "a.example");
    BOOST_TEST(link::parse_endpoint("https://a.example:/").value().port == 443);
    BOOST_TEST(link::parse_endpoint("https://a.example:80").value().host_header() ==
               "a.example:80");
    BOOST_TEST(link::parse_endpoint("http://localhost").value().host_header() == "localhost");
    BOOST_TEST(link::parse_endpoint("https://a.example?x").value().target == "/?x");
}

BOOST_AUTO_TEST_CASE(ipv6_literals_lose_their_brackets_and_get_them_back) {
    auto const to = link::parse_endpoint("https://[2001:DB8::1]:8443/x").value();
    BOOST_TEST(to.host == "2001:db8::1");
    BOOST_TEST(to.host_header() == "[2001:db8::1]:8443");
    BOOST_TEST(link::parse_endpoint("https://[::1]").value().host_header() == "[::1]");
}

BOOST_AUTO_TEST_CASE(plain_http_goes_to_this_machine_only) {
    for (auto const* url : {"http://localhost:80/", "http://LOCALHOST", "http://127.0.0.1:8080",
                            "http://127.1.2.3", "http://[::1]:1"}) {
        BOOST_TEST_CONTEXT(url) {
            BOOST_REQUIRE(link::parse_endpoint(url).has_value());
            BOOST_TEST(!link::parse_endpoint(url)->tls);
        }
    }
    for (auto const* url : {"http://api.example", "http://localhost.example", "http://128.0.0.1",
                            "http://[::2]", "http://10.0.0.1"}) {
        BOOST_TEST_CONTEXT(url) {
            auto const to = link::parse_endpoint(url);
            BOOST_REQUIRE(to.has_error());
            BOOST_TEST((to.error().at == link::step::address));
            BOOST_TEST(to.error().hint == "write https://");
            BOOST_TEST(!to.error().retryable);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_name_may_begin_like_an_address) {
    auto const to = link::parse_endpoint("https://10.0.0.1.api.example:8443/v1?a=b").value();
    BOOST_TEST(to.host == "10.0.0.1.api.example");
    BOOST_TEST(to.port == 8443);
    BOOST_TEST(to.target == "/v1?a=b");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused) {
    std::vector<std::string> const urls{"",
                                        "api.example",
                                        "/v1",
                                        "https://",
                                        "https:///x",
                                        "ftp://a",
                                        "file:///etc",
                                        "https://a b",
                                        "https://a:0/",
                                        "https://a:65536/",
                                        "https://a:x/",
                                        "https://a/#frag",
                                        "https://[::1",
                                        "https://a%00b/",
                                        "https://a;b/",
                                        "https://a\r\nX: y/",
                                        "https://" + std::string(2100, 'a'),
                                        "{{API_URL}}",
                                        "https://[::1]x/",
                                        "https://a:1:2/",
                                        "https://.",
                                        "https://a..b/",
                                        "https://[1.2.3.4]/",
                                        "https://[fe80::1%25lo]/",
                                        "https://1:::2/",
                                        "http://127.0.0.1.example"};
    for (auto const& url : urls) {
        BOOST_TEST_CONTEXT(url) {
            BOOST_TEST(link::parse_endpoint(url).has_error());
        }
    }
    using namespace std::string_literals;
    BOOST_TEST(link::parse_endpoint("https://[::1\0:6]/"s).has_error());
    BOOST_TEST(link::parse_endpoint("https://a\0b/"s).has_error());
}

BOOST_AUTO_TEST_CASE(a_password_or_a_query_is_not_repeated_in_the_failure) {
    auto const user = link::parse_endpoint("https://bob:hunter2@a.example/");
    BOOST_REQUIRE(user.has_error());
    BOOST_TEST(user.error().message().find("hunter2") == std::string::npos);
    auto const query = link::parse_endpoint("http://a.example/?callToken=hunter2");
    BOOST_REQUIRE(query.has_error());
    BOOST_TEST(query.error().message().find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_path_is_appended_below_the_base) {
    auto const below = [](char const* base, char const* path) {
        return link::parse_endpoint(base).value().below(path).target;
    };
    BOOST_TEST(below("https://a", "v2/ping") == "/v2/ping");
    BOOST_TEST(below("https://a/", "/v2/ping") == "/v2/ping");
    BOOST_TEST(below("https://a/prefix", "v2/ping") == "/prefix/v2/ping");
    BOOST_TEST(below("https://a/prefix/?x=1", "v2/ping") == "/prefix/v2/ping");
}

BOOST_AUTO_TEST_CASE(a_query_is_begun_or_continued) {
    auto const queried = [](char const* url) {
        return link::parse_endpoint(url).value().with_query("callToken", "a b&c").target;
    };
    BOOST_TEST(queried("https://a/x") == "/x?callToken=a%20b%26c");
    BOOST_TEST(queried("https://a/x?y=1") == "/x?y=1&callToken=a%20b%26c");
    BOOST_TEST(queried("https://a/x?") == "/x?callToken=a%20b%26c");
    BOOST_TEST(queried("https://a/x?y&") == "/x?y&callToken=a%20b%26c");
}

BOOST_AUTO_TEST_SUITE_END()
