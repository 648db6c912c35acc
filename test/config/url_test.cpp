#include "config/url.hpp"

#include <boost/test/unit_test.hpp>

namespace config = trafikito::config;
using namespace trafikito::config;

BOOST_AUTO_TEST_SUITE(url)

BOOST_AUTO_TEST_CASE(takes_https_everywhere) {
    for (auto const* const text :
         {"https://api.trafikito.com/v1/agent/get", "HTTPS://api.example.org",
          "https://h:8443/x?a=1&b=2", "https://10.0.0.1", "https://[2001:db8::1]:8443/",
          "https://h?x=1"}) {
        auto const result = parse_url(text);
        BOOST_REQUIRE_MESSAGE(result.value, text << ": " << result.problem);
        BOOST_TEST(*result.value == text);
    }
}

BOOST_AUTO_TEST_CASE(takes_http_towards_loopback_only) {
    for (auto const* const text :
         {"http://localhost:8080/v1", "http://LOCALHOST", "http://127.0.0.1",
          "http://127.255.1.2:80/x", "http://[::1]:8080"}) {
        BOOST_TEST(parse_url(text).value.has_value(), text);
    }
    for (auto const* const text :
         {"http://api.example.org", "http://10.0.0.1", "http://127.0.0.1.example.org",
          "http://localhost.example.org", "http://localhost.", "http://127.1", "http://127.0.0.256",
          "http://127.0.0", "http://127.0.0.1.", "http://128.0.0.1", "http://127.0.0.01",
          "http://0177.0.0.1", "http://127.0.-0.1", "http://2130706433", "http://[::2]",
          "http://[::ffff:127.0.0.1]"}) {
        BOOST_TEST(!parse_url(text).value, text);
        BOOST_TEST(parse_url(text).problem.find("only towards this machine") != std::string::npos,
                   parse_url(text).problem);
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_address) {
    for (auto const* const text : {"",
                                   "api.example.org",
                                   "ftp://h/",
                                   "https://",
                                   "https:///path",
                                   "https:/h",
                                   "https://h:",
                                   "https://h:8x",
                                   "https://a b",
                                   "https://h/\x01",
                                   "https://h/[x]",
                                   "https://h/50%",
                                   "https://h/?a=%zz",
                                   "https://a..b",
                                   "https://[1:::2]",
                                   "https://[1::2",
                                   "https://h\\x",
                                   "https://[::1",
                                   "https://[]",
                                   "https://[zz::1]",
                                   "https://h\xc3\xa4",
                                   "https://.h",
                                   "https://-h",
                                   "https://::1",
                                   "https://[::1]x"}) {
        BOOST_TEST(!parse_url(text).value, text);
        BOOST_TEST(!parse_url(text).problem.empty(), text);
    }
    BOOST_TEST(!parse_url("https://h/" + std::string(3000, 'a')).value);
    for (auto const* const text : {"https://h:0", "https://h:65536", "http://[::1]:84430/x"}) {
        BOOST_TEST(parse_url(text).problem.ends_with(": a port is 1 to 65535"));
    }
}

BOOST_AUTO_TEST_CASE(refuses_user_and_password_without_showing_them) {
    for (auto const* const text : {"https://me:hunter2@h/", "http://127.0.0.1@example.org/hunter2",
                                   "http://localhost:hunter2@evil.example.org/", "https://hunter2@",
                                   "https://a:hunter2@h:99999"}) {
        auto const result = parse_url(text);
        BOOST_TEST(!result.value, text);
        BOOST_TEST(!result.problem.empty());
        BOOST_TEST(result.problem.find("hunter2") == std::string::npos, result.problem);
    }
    BOOST_TEST(parse_url("https://me:x@h/").problem ==
               "must not hold a user name or password (what stands before the @)");
}

BOOST_AUTO_TEST_CASE(says_which_part_is_wrong) {
    for (auto const& [text, problem] : std::vector<std::pair<std::string, std::string>>{
             {"api.example.org",
              "must be an address such as https://api.example.org, not \"api.example.org\""},
             {"https://h:84430", "has the port \"84430\": a port is 1 to 65535"},
             {"https://h:", "has the port \"\": a port is 1 to 65535"},
             {"https://a:b@h:84430", "has the port: a port is 1 to 65535"},
             {"https://", "has no name of a machine behind ://"},
             {"https://[::1", "has a [ without its ]"},
             {"https://-h", "has the host \"-h\": a name of letters, digits, dots and hyphens, an "
                            "address, or one of IPv6 in brackets, is wanted"},
             {"https://h/50%",
              "has a path or query with a character that must be written as %XX"}}) {
        BOOST_TEST(parse_url(text).problem == problem);
    }
    BOOST_TEST(parse_proxy("http://proxy").problem ==
               "must be http://host:port, https://host:port or none, and has no port (its value is "
               "not shown here)");
    BOOST_TEST(parse_proxy("http://proxy:84430").problem ==
               "must be http://host:port, https://host:port or none, and has the port: a port is 1 "
               "to 65535 (its value is not shown here)");
}

BOOST_AUTO_TEST_CASE(refuses_a_fragment) {
    BOOST_TEST(parse_url("https://h/a#b").problem.starts_with("must not hold a # part"));
}

BOOST_AUTO_TEST_CASE(an_at_sign_in_path_or_query_is_no_user) {
    BOOST_TEST(parse_url("https://h/@x?y=a@b").value.has_value());
}

BOOST_AUTO_TEST_CASE(reads_lists_of_base_addresses) {
    auto const result = parse_url_list("https://a, https://b:1/ ,http://localhost/base//");
    BOOST_REQUIRE(result.value);
    std::vector<std::string> const expected{"https://a", "https://b:1", "http://localhost/base"};
    BOOST_TEST(*result.value == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_a_list_with_a_bad_member) {
    for (auto const* const text : {"", "https://a,", ",https://a", "https://a,,https://b",
                                   "https://a,http://b.example", "https://a?x=1"}) {
        BOOST_TEST(!parse_url_list(text).value, text);
        BOOST_TEST(!parse_url_list(text).problem.empty(), text);
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_list_that_is_too_long) {
    std::string text = "https://a";
    for (int i = 1; i < 16; ++i) {
        text += ",https://a";
    }
    BOOST_TEST(parse_url_list(text).value.has_value());
    BOOST_TEST(!parse_url_list(text + ",https://a").value);
}

BOOST_AUTO_TEST_CASE(reads_proxies) {
    BOOST_TEST(parse_proxy("http://proxy:3128").value.value() == "http://proxy:3128");
    BOOST_TEST(parse_proxy("http://proxy:3128/").value.value() == "http://proxy:3128");
    BOOST_TEST(parse_proxy("proxy:3128").value.value() == "http://proxy:3128");
    BOOST_TEST(parse_proxy("http://me:pw@proxy:3128").value.value() == "http://me:pw@proxy:3128");
    BOOST_TEST(parse_proxy("http://m%40e:p%3Aw%25@proxy:3128").value.has_value());
    BOOST_TEST(parse_proxy("https://proxy:3129").value.value() == "https://proxy:3129");
    BOOST_TEST(parse_proxy("None").value.value().empty());
}

BOOST_AUTO_TEST_CASE(refuses_other_proxies_without_showing_them) {
    for (auto const* const text :
         {"ftp://me:hunter2@proxy:3128", "http://me:hunter2%4@proxy:1", "http://m%3Ae:hunter2@p:1",
          "http://me:hunter2%zz@proxy:1", "socks5://hunter2:1080", "http://hunter2",
          "http://proxy:1/hunter2", "hunter2", "http://a hunter2:1", "http://p:1?hunter2"}) {
        BOOST_TEST(!parse_proxy(text).value, text);
        BOOST_TEST(parse_proxy(text).problem.find("hunter2") == std::string::npos, text);
        BOOST_TEST(!parse_proxy(text).problem.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
