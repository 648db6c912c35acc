#include "net/api/order.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace trafikito::net;
using namespace std::chrono_literals;

namespace {

template <class T>
T as(api::order_answer const& answer) {
    BOOST_REQUIRE(std::holds_alternative<T>(answer));
    return std::get<T>(answer);
}

bool is_none(api::order_answer const& answer) {
    auto const* const none = std::get_if<api::not_an_order>(&answer);
    return none != nullptr && !none->what.empty();
}

using names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(order)

BOOST_AUTO_TEST_CASE(v1_names_come_with_their_prefix_in_the_order_asked) {
    auto const value = as<struct api::order>(api::parse_order_v1(
        "63e374bd-92be-4275-a985-ba2b8d2a953d,trafikito_uptime,trafikito_total_ram\n"));
    BOOST_TEST(value.token == "63e374bd-92be-4275-a985-ba2b8d2a953d");
    BOOST_TEST((value.names == names{"trafikito_uptime", "trafikito_total_ram"}));
}

BOOST_AUTO_TEST_CASE(v1_a_token_alone_orders_nothing) {
    BOOST_TEST(as<struct api::order>(api::parse_order_v1("tok")).names.empty());
    BOOST_TEST(as<struct api::order>(api::parse_order_v1("tok,")).names.empty());
}

BOOST_AUTO_TEST_CASE(v2_fields_are_separated_by_runs_of_white_space) {
    auto const value =
        as<struct api::order>(api::parse_order_v2(" tok123 uptime,df_h\t 55 \r\n 7  w1,w2 \n"));
    BOOST_TEST(value.token == "tok123");
    BOOST_TEST((value.names == names{"trafikito_uptime", "trafikito_df_h"}));
    BOOST_TEST(value.version == "55");
    BOOST_TEST((value.delay == 7s));
    BOOST_TEST((value.widgets == names{"w1", "w2"}));
}

BOOST_AUTO_TEST_CASE(v2_names_may_carry_the_prefix_and_a_dash_means_none) {
    BOOST_TEST((as<struct api::order>(api::parse_order_v2("t trafikito_df,free 55 0")).names ==
                names{"trafikito_df", "trafikito_free"}));
    BOOST_TEST(as<struct api::order>(api::parse_order_v2("t - 55 0")).names.empty());
    BOOST_TEST(as<struct api::order>(api::parse_order_v2("t - 55 0 -")).widgets.empty());
}

BOOST_AUTO_TEST_CASE(v2_equals_sign_means_the_last_order_again) {
    BOOST_TEST((api::parse_order_v2(" =\n") == api::order_answer(api::unchanged{})));
    BOOST_TEST(is_none(api::parse_order_v2("==")));
    BOOST_TEST(is_none(api::parse_order_v2("= x")));
}

BOOST_AUTO_TEST_CASE(v2_stop_counts_as_the_first_word_only) {
    BOOST_TEST(as<api::stop>(api::parse_order_v2("STOP server was removed\n")).reason ==
               "server was removed");
    BOOST_TEST(as<api::stop>(api::parse_order_v2("STOP")).reason == "");
    BOOST_TEST(as<api::stop>(api::parse_order_v2("STOP a\x1b[31m\nb")).reason == "a?[31m b");
    BOOST_TEST(as<struct api::order>(api::parse_order_v2("tok STOP 55 0")).names ==
               names{"trafikito_STOP"});
    BOOST_TEST(as<struct api::order>(api::parse_order_v2("STOPPED df 55 0")).token == "STOPPED");
    BOOST_TEST(is_none(api::parse_order_v2("please STOP now or never")));
    BOOST_TEST(as<struct api::order>(api::parse_order_v1("STOP")).token == "STOP");
}

BOOST_AUTO_TEST_CASE(an_error_is_a_json_object_with_an_error_that_is_not_null) {
    std::string const v1 = R"({"data":null,"error":{"code":"#q2w4544h4asa2gAefg53GHrfd",)"
                           R"("message":"ANOTHER_REQUEST_IN_PROGRESS"}})";
    BOOST_TEST(as<api::api_error>(api::parse_order_v1(v1)).code == "#q2w4544h4asa2gAefg53GHrfd");
    std::string const v2 = R"({"error":{"code":"#6d5jyjytjh","message":"TOO_OFTEN"},"data":null})";
    BOOST_TEST(as<api::api_error>(api::parse_order_v2(v2)).message == "TOO_OFTEN");

    BOOST_TEST((as<struct api::order>(api::parse_order_v1("t,trafikito_error_count")).names ==
                names{"trafikito_error_count"}));
    BOOST_TEST((as<struct api::order>(api::parse_order_v2("error error 55 0")).names ==
                names{"trafikito_error"}));
    BOOST_TEST(is_none(api::parse_order_v1(R"({"error":null,"data":1})")));
    BOOST_TEST(is_none(api::parse_order_v2(R"({"error":)")));
}

BOOST_AUTO_TEST_CASE(an_empty_answer_says_what_to_do) {
    for (auto const& answer : {api::parse_order_v1(" \r\n"), api::parse_order_v2("")}) {
        auto const what = as<api::not_an_order>(answer).what;
        BOOST_TEST(what.find("check") != std::string::npos);
        BOOST_TEST(what.find("install again") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_web_page_is_no_order) {
    BOOST_TEST(is_none(api::parse_order_v1("<html><body>a,trafikito_b</body></html>")));
    BOOST_TEST(is_none(api::parse_order_v2("<html> a b 1 </html>")));
    auto const marked = api::parse_order_v2("\xEF\xBB\xBF<html> a b 1 </html>");
    BOOST_TEST(std::get<api::not_an_order>(marked).what.starts_with("the answer is a web page"));
}

BOOST_AUTO_TEST_CASE(v2_cut_anywhere_before_the_delay_is_no_order) {
    std::string const whole = "tok uptime,df 55 0";
    for (std::size_t length = 0; length < whole.size(); ++length) {
        BOOST_TEST_CONTEXT(length) {
            BOOST_TEST(is_none(api::parse_order_v2(whole.substr(0, length))));
        }
    }
}

BOOST_AUTO_TEST_CASE(v2_a_delay_is_digits_and_at_most_a_day) {
    for (auto const* delay : {"-1", "+1", "1s", "1.5", "0x10", "later"}) {
        BOOST_TEST(is_none(api::parse_order_v2(std::string("t df 55 ") + delay)));
    }
    BOOST_TEST((as<struct api::order>(api::parse_order_v2("t df 55 007")).delay == 7s));
    BOOST_TEST((as<struct api::order>(api::parse_order_v2("t df 55 86401")).delay == 24h));
    BOOST_TEST(
        (as<struct api::order>(api::parse_order_v2("t df 55 " + std::string(500, '9'))).delay ==
         24h));
}

BOOST_AUTO_TEST_CASE(names_that_no_command_has_keep_their_place_and_are_no_names) {
    auto const value = as<struct api::order>(api::parse_order_v1(
        "t,trafikito_first,df,trafikito_,trafikito_a b,trafikito_a;rm,trafikito_\x1b[0m,"
        "trafikito_ok"));
    BOOST_TEST((value.names == names{"trafikito_first", "df", "trafikito_", "trafikito_a b",
                                     "trafikito_a;rm", "trafikito_?[0m", "trafikito_ok"}));
    BOOST_TEST(std::ranges::count_if(value.names, api::valid_name) == 2);
    BOOST_TEST((as<struct api::order>(api::parse_order_v2("t $(id),b,../x,$(id) 55 0")).names ==
                names{"$(id)", "trafikito_b", "../x"}));
}

BOOST_AUTO_TEST_CASE(a_name_that_occurs_twice_is_kept_where_it_occurs_first) {
    BOOST_TEST((as<struct api::order>(api::parse_order_v2("t b,a,trafikito_b,a,c 55 0")).names ==
                names{"trafikito_b", "trafikito_a", "trafikito_c"}));
}

BOOST_AUTO_TEST_CASE(no_refused_text_is_a_name) {
    for (std::string const word : {"trafikito_a", " trafikito_a\n", "trafikito_\x01", ""}) {
        BOOST_TEST(!api::valid_name(api::refused_name(word)));
    }
    BOOST_TEST(!api::valid_name(api::refused_name("trafikito_" + std::string(500, 'a'))));
}

BOOST_AUTO_TEST_CASE(empty_names_do_not_count) {
    BOOST_TEST((as<struct api::order>(api::parse_order_v1("t,, trafikito_a ,,")).names ==
                names{"trafikito_a"}));
}

BOOST_AUTO_TEST_CASE(tokens_with_other_than_printable_characters_are_none) {
    std::vector<std::string> const tokens{
        "a b", "a\x01", "a\x7f", "t\xc3\xb6k", std::string("a\0b", 3), "", std::string(513, 'a')};
    for (auto const& token : tokens) {
        BOOST_TEST(is_none(api::parse_order_v1(token + ",trafikito_a")));
    }
    BOOST_TEST(is_none(api::parse_order_v2("t\x01 df 55 0")));
    BOOST_TEST(is_none(api::parse_order_v2(std::string(513, 'a') + " df 55 0")));
}

BOOST_AUTO_TEST_CASE(huge_orders_are_bounded) {
    std::string csv;
    for (int count = 0; count < 4096; ++count) {
        csv += ",trafikito_c" + std::to_string(count);
    }
    BOOST_TEST(as<struct api::order>(api::parse_order_v1("t" + csv)).names.size() == 4096u);
    BOOST_TEST(is_none(api::parse_order_v1("t" + csv + ",trafikito_one_more")));
    BOOST_TEST(is_none(api::parse_order_v2("t " + csv + ",x 55 0")));

    std::string bad;
    for (int count = 0; count < 1000; ++count) {
        bad += ",bad" + std::to_string(count) + std::string(1000, '!');
    }
    auto const refused = as<struct api::order>(api::parse_order_v1("t" + bad)).names;
    BOOST_TEST(refused.size() == 64u);
    BOOST_TEST(refused.front().size() < 210u);
    BOOST_TEST(as<struct api::order>(api::parse_order_v2("t - 55 0 " + csv)).widgets.size() == 64u);
}

BOOST_AUTO_TEST_CASE(valid_names_are_those_of_the_list) {
    BOOST_TEST(api::valid_name("trafikito_a"));
    BOOST_TEST(api::valid_name("trafikito_A9_"));
    for (std::string const name : {"", "trafikito_", "trafikito", "Trafikito_a", "x_trafikito_a",
                                   "trafikito_a-b", "trafikito_a\n", "trafikito_\xc3\xb6"}) {
        BOOST_TEST(!api::valid_name(name));
    }
    BOOST_TEST(api::valid_name("trafikito_" + std::string(190, 'a')));
    BOOST_TEST(!api::valid_name("trafikito_" + std::string(191, 'a')));
}

BOOST_AUTO_TEST_CASE(what_the_api_formats_the_agent_reads) {
    struct api::order value;
    value.token = "tok-1";
    value.names = {"trafikito_uptime", "trafikito_df_h"};
    BOOST_TEST(api::format_order_v1(value) == "tok-1,trafikito_uptime,trafikito_df_h");
    BOOST_TEST((api::parse_order_v1(api::format_order_v1(value)) == api::order_answer(value)));

    value.version = "55";
    value.delay = 3s;
    BOOST_TEST(api::format_order_v2(value) == "tok-1 uptime,df_h 55 3");
    BOOST_TEST((api::parse_order_v2(api::format_order_v2(value)) == api::order_answer(value)));
    value.widgets = {"w1"};
    value.names.clear();
    BOOST_TEST(api::format_order_v2(value) == "tok-1 - 55 3 w1");
    BOOST_TEST((api::parse_order_v2(api::format_order_v2(value)) == api::order_answer(value)));
    value.token = "tok";
    BOOST_TEST(api::format_order_v1(value) == "tok");
}

BOOST_AUTO_TEST_CASE(a_name_that_has_the_prefix_twice_keeps_both) {
    trafikito::net::api::order value;
    value.token = "tok";
    value.version = "55";
    value.names = {"trafikito_trafikito_x", "trafikito_x"};
    BOOST_TEST((api::parse_order_v2(api::format_order_v2(value)) == api::order_answer(value)));
}

BOOST_AUTO_TEST_CASE(a_dash_is_no_widget) {
    auto const parsed =
        std::get<trafikito::net::api::order>(api::parse_order_v2("tok - 55 0 w1,-,w2"));
    BOOST_TEST((parsed.widgets == std::vector<std::string>{"w1", "w2"}));
}

BOOST_AUTO_TEST_SUITE_END()
