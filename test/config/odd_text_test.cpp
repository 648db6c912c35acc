#include "config/odd_text.hpp"

#include "base/redactor.hpp"
#include "config/excerpt.hpp"
#include "config/secrets.hpp"
#include "test/config/settings_fixture.hpp"
#include "test/support/contains.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace trafikito;
using namespace trafikito::config;

namespace {

using test::contains;

constexpr std::string_view key_of_64 =
    "3f0c9a1b7d2e4f60815a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f80912";
constexpr std::string_view uuid = "8a1d0c3e-5b7f-4a2d-9c1e-0f2a4b6c8d1e";

/// All that is said, as it leaves the program, and what would be known of a server.
std::string said_of(std::string const& cfg, std::string const& key_file = {},
                    std::vector<std::string> environment = {}) {
    test::sources_of const from{.cfg = cfg, .app = {}, .environment = std::move(environment)};
    auto sources = from.parse();
    if (!key_file.empty()) {
        sources.api_key_file_content = key_file;
    }
    auto built = build_settings(sources);
    add_excerpts(built.diagnostics, from.file, cfg, text_kind::settings);
    base::redactor hidden;
    hidden.add(secrets_in(sources));
    return hidden(test::all_of(built.diagnostics) + "server " + built.settings.who.server_id);
}

std::string swapped(char low) {
    std::string text;
    for (char const c : std::string_view("server_id = x\n")) {
        text += low == '\0' ? c : low;
        text += low == '\0' ? low : c;
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(odd_text)

BOOST_AUTO_TEST_CASE(each_character_has_a_name) {
    BOOST_TEST(name_of_character("a\u00a0b", 1) == "a no-break space (U+00A0)");
    BOOST_TEST(name_of_character("\u201cx", 0) == "a typographic quote (U+201C)");
    BOOST_TEST(name_of_character("a b", 1) == "a blank");
    BOOST_TEST(name_of_character("\t", 0) == "a tab (U+0009)");
    BOOST_TEST(name_of_character("\u00e9", 0) == "a character that is no ASCII (U+00E9)");
    BOOST_TEST(name_of_character("\xe9 ", 0) == "a byte that is no UTF-8 (0xe9)");
    BOOST_TEST(contains(name_of_character("\ufeff", 0), "a byte order mark"));
}

BOOST_AUTO_TEST_CASE(letters_of_any_language_are_not_odd) {
    BOOST_TEST(find_odd_character("/srv/M\u00fcller/\u65e5\u672c") == std::string_view::npos);
    BOOST_TEST(find_odd_character("/srv/a\u00a0b") == 6U);
    BOOST_TEST(find_odd_character("") == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(utf16_is_known_with_and_without_a_mark) {
    BOOST_TEST(is_utf16("\xff\xfes"));
    BOOST_TEST(is_utf16(swapped('\0')));
    BOOST_TEST(!is_utf16("server_id = x\n"));
    BOOST_TEST(!is_utf16(""));
    BOOST_TEST(!is_utf16(std::string(64, '\0')));
    auto const said =
        test::all_of(parse_assignments("\xff\xfe" + swapped('\0'), "/x/a b").diagnostics);
    BOOST_TEST(contains(said, "/x/a b: error: the file is in UTF-16"));
    BOOST_TEST(contains(said, "iconv -f UTF-16 -t UTF-8 '/x/a b'"));
    auto const list = parse_command_list(swapped('\0'), "/x/list", {});
    BOOST_TEST(list.diagnostics.size() == 1U);
    BOOST_TEST(list.commands.empty());
    BOOST_TEST(
        contains(said_of("server_id = a\napi_key_file = /k\n", swapped('\0')), "is in UTF-16"));
}

BOOST_AUTO_TEST_CASE(a_key_with_an_odd_character_has_it_named) {
    BOOST_TEST(contains(said_of("server_id = a\napi_key = 3f\u00a00c\n"),
                        "api_key holds a no-break space (U+00A0) at place 3 of 6"));
    BOOST_TEST(contains(said_of("server_id = a\napi_key = \u201c3f0c\u201d\n"),
                        "a typographic quote (U+201C) at place 1"));
    BOOST_TEST(contains(said_of("server_id\u00a0= a\n"), "a no-break space (U+00A0) stands here"));
    BOOST_TEST(contains(said_of("interval = 60\u00a0\n"), "a no-break space (U+00A0) at place 3"));
    BOOST_TEST(contains(said_of("ca_file = /x\u200b\n"), "a zero-width space"));
    BOOST_TEST(
        contains(said_of("server_id = a\napi_key_file = /k\n", "\ufeff3f0c"), "a byte order mark"));
    BOOST_TEST(contains(said_of("server_id = a\napi_key_file = /k\n", "3f0c\nwxyz\n"),
                        "the end of a line: there is more than one"));
}

BOOST_AUTO_TEST_CASE(what_nobody_replaces_is_no_key) {
    for (std::string const value : {"${API_KEY}", "$API_KEY", "$(cat /run/key)", "%API_KEY%"}) {
        BOOST_TEST(contains(said_of("server_id = a\napi_key = " + value + "\n"),
                            "the agent replaces none"));
        BOOST_TEST(contains(said_of("server_id = a\napi_key_file = /k\n", value),
                            "the agent replaces none"));
    }
    BOOST_TEST(contains(said_of("server_id = a\napi_key_file = /k\n", "\"3f0c\"\n"),
                        "stands between quotes"));
    BOOST_TEST(contains(said_of("server_id = a\napi_key_file = /k\n", "API_KEY=3f0c\n"),
                        "with the name of the key"));
    for (std::string const value : {"$a1b2c3", "a$B", "a'b", "%x", "<", "''x", "3f0c"}) {
        BOOST_TEST(oddity_of_token(value) == "", value);
    }
}

BOOST_AUTO_TEST_CASE(a_key_has_a_form_and_other_values_have_not) {
    BOOST_TEST(looks_like_key(key_of_64));
    BOOST_TEST(looks_like_key("enroll-" + std::string(key_of_64)));
    BOOST_TEST(looks_like_key("dGhpcyBpcyBhIGtleSBvZiAzMiBieXRlcyEh1234=="));
    for (std::string_view const text :
         {std::string_view("web-1"), uuid, std::string_view("/etc/trafikito/a-very-long-name-1234"),
          std::string_view("https://api.example.com:8443/v2/agents1234"), std::string_view("60s"),
          std::string_view("the-production-database-server-of-ours")}) {
        BOOST_TEST(!looks_like_key(text), text);
    }
    BOOST_TEST(looks_like_name(uuid));
    BOOST_TEST(looks_like_name("web-1"));
    BOOST_TEST(!looks_like_name(key_of_64));
    BOOST_TEST(with_keys_masked("a " + std::string(key_of_64) + " b") ==
               "a " + std::string(64, '*') + " b");
}

BOOST_AUTO_TEST_CASE(no_key_is_shown_in_whatever_place_it_stands) {
    std::string const key(key_of_64);
    std::string const id(uuid);
    auto const whole = "server_id = " + id + "\napi_key = " + key + "\n";
    for (std::string const& cfg :
         {"server_id = " + key + "\napi_key = " + id + "\n", // in each other's place
          "server_id = " + key + "\napi_key = web-1\n",
          "server_id = " + key + "\n",
          "server_id = " + key + "\napi_key = " + key + "\n",
          "server_id = " + id + "\napi_key_file = " + key + "\n",
          "server_id = " + id + "\nca_file = " + key + "\n",
          "server_id = " + id + "\ninterval = " + key + "\n",
          "server_id = " + id + "\nrun_as = " + key + "\n",
          "server_id = " + id + "\nworkspace_id = " + key + "\n",
          "server_id = " + id + "\nlog_level = " + key + "\n",
          "server_id = " + id + "\napi_url = " + key + "\n",
          "server_id = " + id + "\napikee = " + key + "\n",
          "server_id = " + id + "\nsomething = " + key + "\n",
          "server_id = " + id + "\n" + key + "\n",
          "server_id = " + id + "\n" + key + " = api_key\n",
          "server_id = " + id + "\nexport " + key + "\n",
          "server_id = " + id + "\nexport " + key + " = x\n",
          "server_id = " + id + "\napi_key " + key + "\n",
          "server_id = " + id + "\napi_key: " + key + "\n",
          "server_id = " + id + "\n// api_key = " + key + "\n",
          "server_id = " + id + "\n; " + key + "\n",
          "server_id = " + id + ";api_key=" + key + "\n",
          "server_id=" + id + " api_key=" + key + "\n",
          "interval = 5 api_key=" + key + "\n",
          "export server_id=" + id + " api_key=" + key + "\n",
          "api_key = \"" + key + "\n",
          "api_key = \"" + key + "\" x\n",
          "api_key = " + key + "\u00a0\n"}) {
        auto const said = said_of(cfg);
        BOOST_TEST(said.find(key.substr(0, 12)) == std::string::npos, cfg << "\nsays\n" << said);
    }
    BOOST_TEST(contains(said_of(whole), "server " + id)); // which is no secret
    auto const odd = said_of(
        "server_id = " + id, {},
        {"TRAFIKITO_SERVER_ID=" + key, "TRAFIKITO_API_KYE=" + key, "TRAFIKITO_RUN_AS=" + key});
    BOOST_TEST(odd.find(key.substr(0, 12)) == std::string::npos, odd);
}

BOOST_AUTO_TEST_CASE(a_swap_is_told) {
    auto const said = said_of("server_id = " + std::string(key_of_64) +
                              "\napi_key = " + std::string(uuid) + "\n");
    BOOST_TEST(contains(said, "they stand in each other's place"));
    BOOST_TEST(!contains(said_of(std::string(test::identity_lines)), "warning"));
    BOOST_TEST(!contains(said_of("server_id = " + std::string(uuid) +
                                 "\napi_key = " + std::string(key_of_64) + "\n"),
                         "warning"));
    BOOST_TEST(contains(said_of("server_id = a\napi_key = enroll-" + std::string(key_of_64)),
                        "enrolled once"));
    BOOST_TEST(contains(said_of("server_id = a\napi_key_file = " + std::string(key_of_64)),
                        "the key itself"));
}

BOOST_AUTO_TEST_CASE(a_line_of_the_list_shows_no_key) {
    std::string const key(key_of_64);
    BOOST_TEST(!contains(shown_part_of_command("api_key = " + key), key));
    BOOST_TEST(!contains(shown_part_of_command("api_key = short-one"), "short-one"));
    BOOST_TEST(!contains(
        shown_part_of_command("trafikito_x=\"curl -H 'Authorization: " + key + "'\""), key));
    BOOST_TEST(shown_part_of_command("trafikito_x=\"df -h\"") == "trafikito_x=\"df -h\"");
}

BOOST_AUTO_TEST_SUITE_END()
