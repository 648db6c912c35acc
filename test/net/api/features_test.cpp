#include "net/api/features.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace trafikito::net;
using namespace std::chrono_literals;

namespace {

constexpr char const* a_boot = "26081c12-561c-448b-af55-b5e23808ae11";

struct features_fixture {
    void answer(std::string features, std::string least = {}) {
        http::response got;
        got.status = 200;
        got.features = std::move(features);
        got.min_interval = std::move(least);
        word.heard(got, std::nullopt);
    }
    void too_early(std::string least = {}) {
        http::response got;
        got.min_interval = std::move(least);
        word.heard(got, api::api_error{"#6d5jyjytjh", ""});
    }
    /// `BOOT INTERVAL` of what is sent next; empty when nothing is.
    [[nodiscard]] std::string sent() const {
        http::request next;
        word.add_headers(next);
        std::string text;
        for (auto const& [name, value] : next.headers) {
            text += name + ": " + value + "\n";
        }
        return text;
    }

    api::machine_word word{{.boot_id = a_boot, .interval = 1500ms}};
    std::string const both = "Trafikito-Boot: " + std::string(a_boot) + "\nTrafikito-Interval: 2\n";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(features, features_fixture)

BOOST_AUTO_TEST_CASE(words_that_are_known_count_and_others_are_skipped) {
    auto const some = api::parse_features("machine , none,results");
    BOOST_TEST(some.machine);
    BOOST_TEST(some.results);
    BOOST_TEST(!some.report_id);
    BOOST_TEST((api::parse_features("machines, Machine") == api::features()));
}

BOOST_AUTO_TEST_CASE(a_least_interval_is_whole_seconds_up_to_an_hour) {
    BOOST_TEST((api::parse_least_interval("1") == 1s));
    BOOST_TEST((api::parse_least_interval(" 300 ") == 300s));
    BOOST_TEST((api::parse_least_interval("3600") == 1h));
    for (auto const* much : {"3601", "86400", "99999999999999999999999"}) {
        BOOST_TEST((api::parse_least_interval(much) == 1h), much);
    }
    for (auto const* none : {"", "0", "-5", "1.5", "5 s", "x", "+3", "1e3"}) {
        BOOST_TEST((api::parse_least_interval(none) == 0s), none);
    }
}

BOOST_AUTO_TEST_CASE(the_machine_is_told_to_who_wants_to_know_alone) {
    BOOST_TEST(sent() == "");
    answer("results, collected-at, report-id");
    BOOST_TEST(sent() == "");
    answer("results, machine");
    BOOST_TEST(sent() == both);
    answer("");
    BOOST_TEST(sent() == "");
}

BOOST_AUTO_TEST_CASE(too_early_takes_nothing_back) {
    answer("machine", "1");
    too_early();
    BOOST_TEST(sent() == both);
    BOOST_TEST((word.least_interval() == 1s));
    too_early("10");
    BOOST_TEST((word.least_interval() == 10s));
    BOOST_TEST(sent().ends_with("Trafikito-Interval: 10\n"));
}

BOOST_AUTO_TEST_CASE(a_least_interval_counts_until_the_next_answer) {
    answer("machine", "300");
    BOOST_TEST((word.least_interval() == 300s));
    answer("machine");
    BOOST_TEST((word.least_interval() == 0s));
    answer("results", "300"); // none of ours says that
    BOOST_TEST((word.least_interval() == 0s));
}

// Else the next question would come an interval too early for the API behind it.
BOOST_AUTO_TEST_CASE(who_answers_in_front_of_the_api_takes_nothing_back) {
    answer("machine", "300");
    http::response gateway;
    gateway.status = 502;
    word.heard(gateway, std::nullopt);
    BOOST_TEST((word.least_interval() == 300s));
    BOOST_TEST(word.wanted());
}

BOOST_AUTO_TEST_CASE(a_boot_that_is_not_known_is_not_said) {
    word = api::machine_word({.boot_id = {}, .interval = 60s, .wanted = true});
    BOOST_TEST(sent() == "Trafikito-Interval: 60\n");
}

BOOST_AUTO_TEST_SUITE_END()
