#include "agent/diagnosis/dns_query.hpp"

#include <boost/test/tools/collection_comparison_op.hpp>
#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(dns_query)

BOOST_AUTO_TEST_CASE(a_question_for_an_address) {
    BOOST_TEST(dns_question("ab.example", 0x1234) ==
               "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02"
               "ab\x07"
               "example\x00\x00\x01\x00\x01"s);
    BOOST_TEST(dns_question("ab.example.", 0x1234) == dns_question("ab.example", 0x1234));
}

BOOST_AUTO_TEST_CASE(what_is_no_name_is_not_asked_for) {
    BOOST_TEST(dns_question("", 1).empty());
    BOOST_TEST(dns_question("a..b", 1).empty());
    BOOST_TEST(dns_question(std::string(64, 'a') + ".example", 1).empty());
    BOOST_TEST(dns_question(std::string(254, 'a'), 1).empty());
}

BOOST_AUTO_TEST_CASE(an_answer_by_its_head) {
    auto const known =
        parse_dns_answer("\x12\x34\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00"s, 0x1234);
    BOOST_TEST(known.value().code == 0U);
    BOOST_TEST(known->answers == 2U);
    auto const denied =
        parse_dns_answer("\x12\x34\x81\x83\x00\x01\x00\x00\x00\x00\x00\x00"s, 0x1234);
    BOOST_TEST(in_words(denied.value()) == "there is no such name (NXDOMAIN)");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_to_that_question) {
    BOOST_TEST(!parse_dns_answer("", 1).has_value());
    BOOST_TEST(!parse_dns_answer("\x12\x34\x81\x80", 0x1234).has_value());
    BOOST_TEST(
        !parse_dns_answer("\x12\x35\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00"s, 0x1234).has_value());
    BOOST_TEST(
        !parse_dns_answer("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"s, 0x1234).has_value());
}

BOOST_AUTO_TEST_CASE(name_servers_as_the_c_library_has_them) {
    std::vector<std::string> const wanted{"192.0.2.1", "2001:db8::1", "192.0.2.2"};
    BOOST_TEST(parse_name_servers("# nameserver 192.0.2.9\nsearch example\nnameserver 192.0.2.1\n"
                                  "  nameserver\t2001:db8::1 # two\nnameserver\nnameservers x\n"
                                  "nameserver 192.0.2.2\nnameserver 192.0.2.3\n") == wanted,
               boost::test_tools::per_element());
    BOOST_TEST(parse_name_servers("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
