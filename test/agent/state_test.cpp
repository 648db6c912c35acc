#include "agent/state.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito;
using namespace std::chrono_literals;
using std::chrono::system_clock;

namespace {

agent::state full_state() {
    agent::state value;
    value.asked_at = system_clock::time_point(1'700'000'000'123ms);
    value.last_cycle = 7s;
    value.last_order.emplace();
    value.last_order->token = "a\"b\\c";
    value.last_order->names = {"trafikito_df", "trafikito_free"};
    value.last_order->version = "56";
    value.last_order->delay = 5s;
    value.last_order->widgets = {"w1"};
    return value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(state)

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
    auto const read = agent::parse_state(agent::format_state(full_state()));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == full_state()));
    BOOST_TEST((agent::parse_state(agent::format_state({})) == agent::state()));
}

BOOST_AUTO_TEST_CASE(every_truncation_is_damage_and_none_throws) {
    auto const text = agent::format_state(full_state());
    for (std::size_t size = 0; size + 1 < text.size(); ++size) {
        BOOST_REQUIRE(!agent::parse_state(text.substr(0, size)).has_value());
    }
}

BOOST_AUTO_TEST_CASE(another_version_is_not_read) {
    BOOST_TEST(!agent::parse_state(R"({"version":2,"last_cycle":0})").has_value());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_none_comes_back_in_its_place_and_printable) {
    auto value = full_state();
    value.last_order->names = {"x\x1b[2J; rm -rf /", "trafikito_df"};
    BOOST_TEST((agent::parse_state(agent::format_state(value))->last_order->names ==
                std::vector<std::string>{"x?[2J; rm -rf /", "trafikito_df"}));
}

BOOST_AUTO_TEST_CASE(a_file_survives_and_a_damaged_one_is_said) {
    test::temporary_directory const here;
    auto const path = here.path() / "trafikito.state";
    agent::state_file first(path);
    BOOST_TEST(first.problem() == "");
    BOOST_TEST(first.save(full_state()) == "");
    BOOST_TEST((agent::state_file(path).value() == full_state()));
    (void)here.write("trafikito.state", "{");
    agent::state_file damaged(path);
    BOOST_TEST((damaged.value() == agent::state()));
    BOOST_TEST(damaged.problem() == "is damaged or of another version; it is replaced");
}

BOOST_AUTO_TEST_CASE(a_link_in_the_place_of_the_new_file_is_not_followed) {
    test::temporary_directory const here;
    auto const victim = here.write("victim", "precious");
    std::filesystem::create_symlink(victim, here.path() / "trafikito.state.new");
    agent::state_file file(here.path() / "trafikito.state");
    BOOST_TEST(file.save({}) != "");
    BOOST_TEST(test::read_file(victim) == "precious");
}

BOOST_AUTO_TEST_CASE(the_api_is_asked_at_most_once_per_interval) {
    auto value = full_state();
    auto const asked = *value.asked_at;
    BOOST_TEST(agent::until_next_order(value, 60s, asked).count() == 60'000);
    BOOST_TEST(agent::until_next_order(value, 60s, asked + 59s).count() == 1'000);
    BOOST_TEST(agent::until_next_order(value, 60s, asked + 60s).count() == 0);
    BOOST_TEST(agent::until_next_order(value, 60s, asked + 24h * 365).count() == 0);
    // The wall clock was set back: wait, but never longer than one interval.
    BOOST_TEST(agent::until_next_order(value, 60s, asked - 24h * 365).count() == 60'000);
    BOOST_TEST(agent::until_next_order({}, 60s, asked).count() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
