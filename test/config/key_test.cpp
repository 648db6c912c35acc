#include "config/key.hpp"

#include "base/ascii.hpp"
#include "config/url.hpp"
#include "config/value.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace trafikito;

namespace config = trafikito::config;
using namespace trafikito::config;
namespace {

bool default_fits(config::key const& one) {
    using std::chrono::milliseconds;
    auto const text = one.default_value;
    switch (one.type) {
    case value_type::duration:
        return parse_duration(text, milliseconds(one.minimum), milliseconds(one.maximum))
            .value.has_value();
    case value_type::size:
        return parse_size(text, static_cast<std::uint64_t>(one.minimum),
                          static_cast<std::uint64_t>(one.maximum))
            .value.has_value();
    case value_type::count:
        return parse_count(text, one.minimum, one.maximum).value.has_value();
    case value_type::yes_no:
        return parse_yes_no(text).value.has_value();
    case value_type::url_list:
        return parse_url_list(text).value.has_value();
    case value_type::choice:
        return (' ' + std::string(one.choices) + ' ').find(' ' + std::string(text) + ' ') !=
               std::string::npos;
    default:
        return true;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(key)

BOOST_AUTO_TEST_CASE(the_table_has_every_key_of_the_design) {
    for (auto const* const name :
         {"server_id",          "api_key",         "api_key_file",  "url_get_config",
          "url_output",         "api_url",         "api_version",   "base_dir",
          "available_commands", "tmp_file",        "var_dir",       "log_file",
          "random_number",      "run_as",          "interval",      "command_timeout",
          "cycle_timeout",      "kill_grace",      "max_parallel",  "max_output",
          "max_report",         "request_timeout", "retries",       "ca_file",
          "client_cert",        "client_key",      "pin",           "proxy",
          "no_proxy",           "spool_max_size",  "spool_max_age", "allow_widgets",
          "log_level",          "log_format",      "workspace_id",  "command_env",
          "strict_modes",       "metrics_file"}) {
        BOOST_TEST(find_key(name) != nullptr, name);
    }
    BOOST_TEST(keys().size() == 38U);
}

BOOST_AUTO_TEST_CASE(tunable_is_what_stands_from_interval_on) {
    bool tunable = false;
    for (auto const& one : keys()) {
        tunable = tunable || one.id == key_id::interval;
        BOOST_TEST(one.tunable == tunable, one.name);
    }
    BOOST_TEST(tunable);
}

BOOST_AUTO_TEST_CASE(every_default_is_a_value_that_the_key_takes) {
    for (auto const& one : keys()) {
        if (!one.default_value.empty()) {
            BOOST_TEST(default_fits(one), one.name << " = " << one.default_value);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_key_is_described_and_named_once) {
    std::set<std::string_view> names;
    for (auto const& one : keys()) {
        BOOST_TEST(names.insert(one.name).second, one.name);
        BOOST_TEST((one.alias.empty() || names.insert(one.alias).second), one.alias);
        BOOST_TEST(one.name == base::lower(one.name));
        BOOST_TEST(!one.description.empty(), one.name);
        BOOST_TEST(!one.description.ends_with('.'), one.name);
        BOOST_TEST(!describe_values(one).empty(), one.name);
        BOOST_TEST((&describe(one.id) == &one), one.name);
    }
}

BOOST_AUTO_TEST_CASE(finds_by_name_and_alias_in_any_case) {
    BOOST_REQUIRE(find_key("API_Key") != nullptr);
    BOOST_TEST((find_key("API_Key")->id == key_id::api_key));
    BOOST_REQUIRE(find_key("RUNAS") != nullptr);
    BOOST_TEST((find_key("RUNAS")->id == key_id::run_as));
    BOOST_TEST(find_key("") == nullptr);
    BOOST_TEST(find_key("api_key ") == nullptr);
    BOOST_TEST(find_key("apikey") == nullptr);
}

BOOST_AUTO_TEST_CASE(names_the_nearest_key) {
    BOOST_TEST(nearest_key("intervall").value() == "interval");
    BOOST_TEST(nearest_key("apikey").value() == "api_key");
    BOOST_TEST(nearest_key("run_sa").value() == "run_as");
    BOOST_TEST(nearest_key("comand_time_out").value() == "command_timeout");
    BOOST_TEST(!nearest_key("colour_of_the_sky"));
}

BOOST_AUTO_TEST_CASE(secret_are_the_api_key_the_proxy_and_what_commands_are_given) {
    std::set<std::string_view> secrets;
    for (auto const& one : keys()) {
        if (one.is_secret()) {
            secrets.insert(one.name);
        }
    }
    BOOST_TEST((secrets == std::set<std::string_view>{"api_key", "command_env", "proxy"}));
}

BOOST_AUTO_TEST_CASE(says_in_words_what_may_stand_in_it) {
    BOOST_TEST(describe_values(describe(key_id::interval)) == "a duration from 1s to 24h");
    BOOST_TEST(describe_values(describe(key_id::max_output)) == "a size from 1KiB to 256MiB");
    BOOST_TEST(describe_values(describe(key_id::retries)) == "a number from 0 to 20");
    BOOST_TEST(describe_values(describe(key_id::log_level)) == "debug, info, warning or error");
    BOOST_TEST(describe_values(describe(key_id::log_format)) == "text or json");
}

BOOST_AUTO_TEST_SUITE_END()
