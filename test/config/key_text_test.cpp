#include "config/key.hpp"

#include "base/ascii.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace trafikito;

namespace config = trafikito::config;
using namespace trafikito::config;

BOOST_AUTO_TEST_SUITE(key_text)

BOOST_AUTO_TEST_CASE(help_names_every_key_at_the_start_of_a_line) {
    auto const text = '\n' + describe_keys_text();
    for (auto const& one : keys()) {
        BOOST_TEST(text.find("\n  " + std::string(one.name) + ' ') != std::string::npos, one.name);
    }
}

BOOST_AUTO_TEST_CASE(help_is_at_most_80_wide_and_has_no_blank_at_an_end_of_line) {
    auto const text = describe_keys_text();
    base::line_reader lines(text);
    std::size_t widest = 0;
    while (auto const line = lines.next()) {
        widest = std::max(widest, line->text.size());
        BOOST_TEST(!line->text.ends_with(' '), line->text);
    }
    BOOST_TEST(widest <= 80U);
    BOOST_TEST(widest > 70U); // it is wrapped late, not early
    BOOST_TEST(text.ends_with('\n'));
}

BOOST_AUTO_TEST_CASE(help_says_range_default_and_alias) {
    auto const text = describe_keys_text();
    BOOST_TEST(
        text.find("  interval            How often a cycle starts: a duration from 1s to 24h.\n"
                  "                      Default: 60s.\n") != std::string::npos);
    BOOST_TEST(text.find("Also called\n                      runas.\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_tunables_stand_under_a_heading_of_their_own) {
    auto const text = describe_keys_text();
    auto const heading = text.find("trafikito.app:\n");
    BOOST_REQUIRE(heading != std::string::npos);
    BOOST_TEST(text.find("\n  server_id") < heading);
    BOOST_TEST(text.find("\n  interval") > heading);
}

BOOST_AUTO_TEST_CASE(the_man_page_has_one_entry_a_key) {
    auto const text = describe_keys_man(false) + describe_keys_man(true);
    std::size_t entries = 0;
    for (auto at = text.find(".TP\n.B "); at != std::string::npos;
         at = text.find(".TP\n.B ", at + 1)) {
        ++entries;
    }
    BOOST_TEST(entries == keys().size());
    BOOST_TEST(text.find(".TP\n.B interval\nHow often a cycle starts") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_text_of_the_man_page_is_taken_for_a_request) {
    auto const text = describe_keys_man(false) + describe_keys_man(true);
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        bool const request =
            line->text == ".TP" || line->text.starts_with(".B ") || line->text.starts_with(".I ");
        BOOST_TEST((request || base::is_letter(line->text.front())), line->text);
        BOOST_TEST(line->text.find('`') == std::string_view::npos, line->text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
