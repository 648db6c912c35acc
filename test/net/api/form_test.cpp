#include "net/api/form.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::net;

BOOST_AUTO_TEST_SUITE(form)

BOOST_AUTO_TEST_CASE(a_cut_or_wrong_escape_is_malformed) {
    for (auto const* text : {"%", "%4", "a%", "%4g", "%g4", "%%41", "%-1"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!api::parse_form(std::string("a=") + text).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_order_request_of_v1_is_the_captured_one) {
    api::form_fields const fields{{"serverId", "srv-1"}, {"agentVersion", "14"},
                                  {"os", "debian"},      {"osCodename", "bookworm"},
                                  {"osRelease", "12"},   {"centosFlavor", "centos"}};
    auto const body = api::format_form(fields);
    BOOST_TEST(body == "serverId=srv-1&agentVersion=14&os=debian&osCodename=bookworm&osRelease=12"
                       "&centosFlavor=centos");
    BOOST_TEST((api::parse_form(body) == fields));
}

BOOST_AUTO_TEST_CASE(names_and_values_with_delimiters_survive) {
    api::form_fields const fields{
        {"a&b", "c=d"}, {"", "empty name"}, {"empty", ""}, {"a&b", "twice"}};
    BOOST_TEST((api::parse_form(api::format_form(fields)) == fields));
}

BOOST_AUTO_TEST_CASE(a_name_alone_has_an_empty_value_and_empty_pairs_do_not_count) {
    BOOST_TEST((api::parse_form("&&a&&b=&") == api::form_fields{{"a", ""}, {"b", ""}}));
    BOOST_TEST((api::parse_form("") == api::form_fields{}));
}

BOOST_AUTO_TEST_CASE(more_than_64_fields_are_refused) {
    std::string body = "a=1";
    for (int count = 1; count < 64; ++count) {
        body += "&a=1";
    }
    BOOST_TEST(api::parse_form(body).value().size() == 64u);
    BOOST_TEST(!api::parse_form(body + "&a=1").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
