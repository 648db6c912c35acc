#include "server/http/head_rules.hpp"

#include "server/http/beast_message.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace {

using namespace trafikito;
namespace http = boost::beast::http;
using server::http::find_fault;

/// What becomes of a head: the status that refuses it, by Beast's parser or by our rules; 0: none.
unsigned refused(std::string const& head) {
    http::request_parser<http::string_body> parser;
    boost::system::error_code failed;
    parser.eager(false);
    auto const all = head + "\r\n";
    parser.put(boost::asio::buffer(all), failed);
    if (failed) {
        return server::http::status_of(failed, parser.get());
    }
    BOOST_REQUIRE(parser.is_header_done());
    auto const fault = find_fault(parser.get());
    return fault ? fault->status : 0;
}

unsigned refused_post(std::string const& fields) {
    return refused("POST / HTTP/1.1\r\nHost: h\r\n" + fields);
}

BOOST_AUTO_TEST_SUITE(head_rules)

BOOST_AUTO_TEST_CASE(what_agents_and_health_checks_send_passes) {
    BOOST_TEST(refused_post("Content-Length: 5\r\n") == 0U);
    BOOST_TEST(refused_post("Transfer-Encoding: chunked\r\n") == 0U);
    BOOST_TEST(refused_post("transfer-encoding: CHUNKED\r\n") == 0U);
    BOOST_TEST(refused_post("Transfer-Encoding:\tchunked \r\n") == 0U); // blanks around a value
    BOOST_TEST(refused_post("Expect: 100-Continue\r\nContent-Length: 5\r\n") == 0U);
    BOOST_TEST(refused("GET /healthz HTTP/1.0\r\n") == 0U);
    BOOST_TEST(refused("HEAD /v2/ping?x=1 HTTP/1.1\r\nHost: [::1]:8443\r\n") == 0U);
    BOOST_TEST(refused("GET / HTTP/1.1\r\nHost:\r\n") == 0U);
}

BOOST_AUTO_TEST_CASE(any_other_coding_is_not_implemented) {
    for (auto const* const coding :
         {"gzip", "identity", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,",
          ", chunked", "chunked;x=1", "\"chunked\"", "xchunked", "chunked x", "chunke", ""}) {
        BOOST_TEST(refused_post(std::string("Transfer-Encoding: ") + coding + "\r\n") == 501U,
                   coding);
    }
}

BOOST_AUTO_TEST_CASE(two_fields_of_codings_are_not_implemented) {
    for (std::string const one : {"chunked", "gzip", "identity"}) {
        for (std::string const other : {"chunked", "gzip", ""}) {
            BOOST_TEST(refused_post("Transfer-Encoding: " + one +
                                    "\r\nTransfer-Encoding: " + other + "\r\n") == 501U,
                       one << " and " << other);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_coding_and_a_length_is_a_bad_request) {
    for (std::string const coding : {"chunked", "gzip", "gzip, chunked", "identity"}) {
        auto const field = "Transfer-Encoding: " + coding + "\r\n";
        BOOST_TEST(refused_post(field + "Content-Length: 5\r\n") == 400U, coding);
        BOOST_TEST(refused_post("Content-Length: 5\r\n" + field) == 400U, coding);
    }
}

BOOST_AUTO_TEST_CASE(names_and_values_that_hide_a_coding_are_bad) {
    for (auto const* const field :
         {"Transfer-Encoding : chunked\r\n",
          "Transfer-Encoding: \x0b"
          "chunked\r\n",
          "Transfer-Encoding\t: chunked\r\n", "Transfer-Encoding: chunked\x01\r\n"}) {
        BOOST_TEST(refused_post(field) == 400U, field);
    }
}

BOOST_AUTO_TEST_CASE(an_earlier_version_has_no_coding) {
    BOOST_TEST(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n") == 400U);
    BOOST_TEST(refused("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: gzip\r\n") == 400U);
}

BOOST_AUTO_TEST_CASE(lengths_that_contradict_are_bad) {
    BOOST_TEST(refused_post("Content-Length: 5\r\nContent-Length: 6\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length: 5, 6\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length: 5\r\nContent-Length: 5\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length: 5, 5\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length: -5\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length: +5\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length: 0x5\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length: 99999999999999999999\r\n") == 400U);
    BOOST_TEST(refused_post("Content-Length:\r\n") == 400U);
}

BOOST_AUTO_TEST_CASE(a_host_is_one_and_a_host) {
    BOOST_TEST(refused("GET / HTTP/1.1\r\n") == 400U);
    BOOST_TEST(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n") == 400U);
    BOOST_TEST(refused("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n") == 400U);
    for (std::string const host : {"a b", "a/b", "user@a", "a,b", "a?b", "<a>"}) {
        BOOST_TEST(refused("GET / HTTP/1.1\r\nHost: " + host + "\r\n") == 400U, host);
    }
}

BOOST_AUTO_TEST_CASE(a_target_is_a_path_an_address_or_everything) {
    auto const get = [](std::string const& target) {
        return refused("GET " + target + " HTTP/1.1\r\nHost: h\r\n");
    };
    BOOST_TEST(get("/") == 0U);
    BOOST_TEST(get("http://h/v2/ping") == 0U);
    BOOST_TEST(get("HTTPS://h") == 0U);
    for (auto const* const target :
         {"*", "v2/ping", "h:443", "http://", "https://", "ftp://h/", "?x", "\\v2\\ping", "../x"}) {
        BOOST_TEST(get(target) == 400U, target);
    }
    BOOST_TEST(refused("OPTIONS * HTTP/1.1\r\nHost: h\r\n") == 0U);
    BOOST_TEST(refused("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n") == 400U);
}

BOOST_AUTO_TEST_CASE(an_expectation_that_nobody_meets_is_said_to_be_one) {
    BOOST_TEST(refused_post("Expect: 200-ok\r\n") == 417U);
    BOOST_TEST(refused_post("Expect: 100-continue, x\r\n") == 417U);
    BOOST_TEST(refused_post("Expect: 100-continue\r\nExpect: x\r\n") == 417U);
    BOOST_TEST(refused_post("Expect:\r\n") == 417U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
