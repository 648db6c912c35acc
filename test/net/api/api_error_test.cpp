#include "net/api/api_error.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::net;

BOOST_AUTO_TEST_SUITE(api_error)

BOOST_AUTO_TEST_CASE(keys_are_read_in_any_order) {
    struct api::api_error const expected{"#1", "NO"};
    BOOST_TEST((api::parse_api_error(R"({"error":{"code":"#1","message":"NO"},"data":null})") ==
                expected));
    BOOST_TEST(
        (api::parse_api_error(
             " {\"data\":null,\n\"error\":{\"message\":\"NO\",\"code\":\"#1\"}} ") == expected));
}

BOOST_AUTO_TEST_CASE(codes_may_be_numbers_and_errors_may_be_texts) {
    BOOST_TEST(api::parse_api_error(R"({"error":{"code":42}})").value().code == "42");
    BOOST_TEST(api::parse_api_error(R"({"error":"NO"})").value().message == "NO");
    BOOST_TEST(api::parse_api_error(R"({"error":true})").value().message == "true");
    BOOST_TEST(api::parse_api_error(R"({"error":{}})").value().message == "");
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_error) {
    for (auto const* text : {"", "error", "{}", R"({"error":null})", R"({"data":{"error":1}})",
                             R"([{"error":1}])", R"("error")", R"({"error":1)", R"({"error":1}x)",
                             "t,trafikito_error_count", "{'error':1}"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!api::parse_api_error(text).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(an_error_cut_anywhere_is_none) {
    auto const whole = api::format_api_error({"#1", "NO"});
    for (std::size_t length = 0; length < whole.size(); ++length) {
        BOOST_TEST(!api::parse_api_error(std::string_view(whole).substr(0, length)).has_value());
    }
    BOOST_TEST(api::parse_api_error(whole).has_value());
}

BOOST_AUTO_TEST_CASE(texts_are_one_bounded_line) {
    auto const error =
        api::parse_api_error(R"({"error":{"code":"a\u001b[2Jb","message":"c\r\nd"}})").value();
    BOOST_TEST(error.code == "a?[2Jb");
    BOOST_TEST(error.message == "c d");
    auto const longest =
        api::parse_api_error(R"({"error":")" + std::string(5000, 'x') + R"("})").value();
    BOOST_TEST(longest.message.size() < 510u);
}

BOOST_AUTO_TEST_CASE(nesting_without_end_is_refused) {
    BOOST_TEST(!api::parse_api_error("{\"error\":" + std::string(100'000, '[')).has_value());
}

BOOST_AUTO_TEST_CASE(it_is_formatted_as_the_api_does) {
    BOOST_TEST(api::format_api_error({"#1", "say \"no\""}) ==
               R"({"error":{"code":"#1","message":"say \"no\""},"data":null})");
}

BOOST_AUTO_TEST_SUITE_END()
