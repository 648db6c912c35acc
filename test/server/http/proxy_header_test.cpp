#include "server/http/proxy_header.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::string_literals;
using namespace std::string_view_literals;
using server::http::bad_proxy_header;
using header_type = server::http::proxy_header; // a suite has its name
using server::http::read_proxy_header;
using server::http::trusted_proxies;
using server::http::unfinished_proxy_header;

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;

// What haproxy 2.6.12 wrote to a server with send-proxy-v2, of a client at 127.0.0.1:35118, of one
// at
// [::1]:60642, and with `proxy-v2-options unique-id,crc32c` of one at 127.0.0.1:52610; and with
// check-send-proxy.
constexpr auto of_ipv4 =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x01\x7f\0\0\x01\x89\x2e\x46\xa1"sv;
constexpr auto of_ipv6 = "\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24"
                         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"
                         "\xec\xe2\x46\xa2"sv;
constexpr auto with_extensions =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x25\x7f\0\0\x01\x7f\0\0\x01\xcd\x82\x46\xa3"
    "\x03\0\x04\x5a\x28\x69\xf3\x05\0\x0f"
    "127.0.0.1:52610"sv;
constexpr auto of_a_check = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"sv;

/// Version and command, family and transport, what follows.
std::string made(unsigned command, unsigned family, std::string_view rest) {
    std::string text(signature);
    text.push_back(static_cast<char>(command));
    text.push_back(static_cast<char>(family));
    text.push_back(static_cast<char>(rest.size() >> 8U));
    text.push_back(static_cast<char>(rest.size() & 0xFFU));
    return text.append(rest);
}

header_type read(std::string_view bytes) {
    auto const result = read_proxy_header(bytes);
    BOOST_REQUIRE(std::holds_alternative<header_type>(result));
    return std::get<header_type>(result);
}

std::string source(std::string_view bytes) {
    auto const header = read(bytes);
    return header.source
               ? header.source->address().to_string() + " " + std::to_string(header.source->port())
               : "none";
}

std::string reason(std::string_view bytes) {
    auto const result = read_proxy_header(bytes);
    auto const* const bad = std::get_if<bad_proxy_header>(&result);
    return bad != nullptr ? bad->reason : "not bad";
}

bool trusted(std::vector<std::string> const& texts, char const* address) {
    return trusted_proxies(texts).trusts(boost::asio::ip::make_address(address));
}

BOOST_AUTO_TEST_SUITE(proxy_header)

BOOST_AUTO_TEST_CASE(what_haproxy_sends_is_read) {
    BOOST_TEST(source(of_ipv4) == "127.0.0.1 35118");
    BOOST_TEST(source(of_ipv6) == "::1 60642");
    BOOST_TEST(source(with_extensions) == "127.0.0.1 52610");
    BOOST_TEST(source(of_a_check) == "none");
    BOOST_TEST(read(of_a_check).local);
    BOOST_TEST(!read(of_ipv4).local);
    for (auto const bytes : {of_ipv4, of_ipv6, with_extensions, of_a_check}) {
        BOOST_TEST(read(std::string(bytes) + "\x16\x03\x01").size == bytes.size());
    }
}

BOOST_AUTO_TEST_CASE(any_way_of_cutting_gives_the_same) {
    for (auto const bytes : {of_ipv4, of_ipv6, with_extensions, of_a_check}) {
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            auto const result = read_proxy_header(bytes.substr(0, size));
            auto const* const more = std::get_if<unfinished_proxy_header>(&result);
            BOOST_REQUIRE(more != nullptr);
            BOOST_TEST(more->missing > 0U);
            BOOST_TEST(size + more->missing <= bytes.size());
        }
    }
    for (auto const& bytes :
         {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 ClientHello"s, "PROXY TCP4 192.0.2.1"s,
          "POST / HTTP/1.1\r\n\r\n"s, "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"s, made(0x31, 0x11, ""),
          made(0x22, 0x11, ""), made(0x21, 0x41, ""), made(0x21, 0x11, "short"),
          made(0x21, 0x00, std::string(4081, 'x'))}) {
        auto const final = reason(bytes);
        BOOST_TEST(final != "not bad");
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            auto const early = reason(std::string_view(bytes).substr(0, size));
            BOOST_TEST((early == "not bad" || early == final));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_mapped_address_is_an_ipv4_address) {
    auto const mapped = "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x07"
                        "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x08\0\x50\x01\xbb"sv;
    BOOST_TEST(source(made(0x21, 0x21, mapped)) == "192.0.2.7 80");
}

BOOST_AUTO_TEST_CASE(others_than_internet_addresses_name_nobody) {
    BOOST_TEST(source(made(0x21, 0x00, "")) == "none");
    BOOST_TEST(source(made(0x21, 0x00, "\x04\0\0"sv)) == "none");
    BOOST_TEST(source(made(0x21, 0x31, std::string(216, '/'))) == "none");
    // LOCAL: whatever stands in it is skipped.
    BOOST_TEST(source(made(0x20, 0x11, "\x7f\0\0\x01\x7f\0\0\x01\0\1\0\1"sv)) == "none");
    BOOST_TEST(source(made(0x20, 0xFF, "junk")) == "none");
}

BOOST_AUTO_TEST_CASE(what_is_no_header_is_bad_and_says_what_it_is) {
    BOOST_TEST(reason("\x16\x03\x01") == "it begins with TLS");
    BOOST_TEST(reason("PROXY TCP4") == "it begins with text: version 1, or plain HTTP");
    BOOST_TEST(reason("SSH-2.0") == "it begins with something else");
    BOOST_TEST(reason(made(0x11, 0x11, "")) == "its version is 1");
    BOOST_TEST(reason(made(0x2F, 0x11, "")) == "its command 15 is unknown");
    BOOST_TEST(reason(made(0x21, 0x13, std::string(12, 'x'))) ==
               "its kind of addresses is unknown");
    BOOST_TEST(reason(made(0x21, 0x11, std::string(11, 'x'))) ==
               "it is too short for its addresses");
    BOOST_TEST(reason(made(0x21, 0x21, std::string(35, 'x'))) ==
               "it is too short for its addresses");
    BOOST_TEST(reason(made(0x21, 0x31, std::string(215, 'x'))) ==
               "it is too short for its addresses");
}

BOOST_AUTO_TEST_CASE(its_length_is_bounded) {
    auto const most = server::http::max_proxy_header - 16;
    BOOST_TEST(read(made(0x20, 0, std::string(most, 'x'))).size == server::http::max_proxy_header);
    BOOST_TEST(reason(made(0x20, 0, std::string(most + 1, 'x'))) == "it is longer than 4096 bytes");
    BOOST_TEST(reason(std::string(signature) + "\x21\x11\xff\xff") ==
               "it is longer than 4096 bytes");
}

BOOST_AUTO_TEST_CASE(a_proxy_is_trusted_by_address_and_by_network) {
    BOOST_TEST(trusted({"192.0.2.1"}, "192.0.2.1"));
    BOOST_TEST(trusted({"192.0.2.1"}, "::ffff:192.0.2.1"));
    BOOST_TEST(trusted({"::ffff:192.0.2.1"}, "192.0.2.1"));
    BOOST_TEST(!trusted({"192.0.2.1"}, "192.0.2.2"));
    BOOST_TEST(trusted({"10.0.0.0/8", "192.0.2.1"}, "10.255.0.1"));
    BOOST_TEST(!trusted({"10.0.0.0/8"}, "11.0.0.1"));
    BOOST_TEST(trusted({"10.1.2.3/31"}, "10.1.2.2"));
    BOOST_TEST(!trusted({"10.1.2.3/31"}, "10.1.2.4"));
    BOOST_TEST(trusted({"10.0.0.0/9"}, "10.127.255.255"));
    BOOST_TEST(!trusted({"10.0.0.0/9"}, "10.128.0.0"));
    BOOST_TEST(trusted({"2001:db8::/32"}, "2001:db8:ffff::1"));
    BOOST_TEST(!trusted({"2001:db8::/32"}, "2001:db9::1"));
    BOOST_TEST(trusted({"0.0.0.0/0"}, "198.51.100.1"));
    BOOST_TEST(!trusted({"0.0.0.0/0"}, "2001:db8::1"));
    BOOST_TEST(trusted({"::/0"}, "2001:db8::1"));
    BOOST_TEST(trusted({"fe80::1"}, "fe80::1%1"));
    BOOST_TEST(!trusted({}, "127.0.0.1"));
    BOOST_TEST(server::http::is_network("2001:db8::/32"));
}

BOOST_AUTO_TEST_CASE(what_is_no_network_is_refused_with_words) {
    for (auto const* const text :
         {"", "proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8",
          "10.0.0/8", "fe80::1%eth0", "/8", "10.0.0.0/ 8", "[::1]"}) {
        BOOST_CHECK_THROW(trusted_proxies({text}), std::runtime_error);
        BOOST_TEST(!server::http::is_network(text));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
