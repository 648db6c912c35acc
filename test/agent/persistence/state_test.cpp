#include "agent/persistence/state.hpp"

#include "agent/persistence/checksum.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito;
using namespace std::chrono_literals;
using base::timestamp;

namespace {

base::timestamp const noon{1'700'000'000'123ms, 5'000'000ms, "a boot"};

base::timestamp after_noon(std::chrono::milliseconds duration) {
    return {noon.wall + duration, noon.up + duration, noon.boot};
}

agent::persistence::state full_state() {
    agent::persistence::state value;
    value.asked_at = noon;
    value.pause = 65s;
    value.edge = "https://eu.example";
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
    auto const read =
        agent::persistence::parse_state(agent::persistence::format_state(full_state()));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == full_state()));
    BOOST_TEST((agent::persistence::parse_state(agent::persistence::format_state({})) ==
                agent::persistence::state()));
}

BOOST_AUTO_TEST_CASE(every_truncation_is_damage_and_none_throws) {
    auto const text = agent::persistence::format_state(full_state());
    for (std::size_t size = 0; size + 1 < text.size(); ++size) {
        BOOST_REQUIRE(!agent::persistence::parse_state(text.substr(0, size)).has_value());
    }
}

BOOST_AUTO_TEST_CASE(another_version_is_not_read) {
    std::string const before = R"({"version":1,"last_cycle":0})";
    BOOST_TEST(!agent::persistence::parse_state(before).has_value());
    BOOST_TEST(
        !agent::persistence::parse_state(
             before + "\ncrc32 " + std::to_string(agent::persistence::checksum(before)) + "\n")
             .has_value());
}

BOOST_AUTO_TEST_CASE(one_byte_that_changed_is_damage) {
    auto const text = agent::persistence::format_state(full_state());
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto damaged = text;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        BOOST_REQUIRE(!agent::persistence::parse_state(damaged).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_none_comes_back_in_its_place_and_printable) {
    auto value = full_state();
    value.last_order->names = {"x\x1b[2J; rm -rf /", "trafikito_df"};
    BOOST_TEST(
        (agent::persistence::parse_state(agent::persistence::format_state(value))
             ->last_order->names == std::vector<std::string>{"x?[2J; rm -rf /", "trafikito_df"}));
}

BOOST_AUTO_TEST_CASE(a_file_survives_and_a_damaged_one_is_said) {
    test::temporary_directory const here;
    auto const path = here.path() / "trafikito.state";
    agent::persistence::state_file first(path, noon);
    BOOST_TEST(first.problem() == "");
    BOOST_TEST(first.save(full_state()) == "");
    BOOST_TEST((agent::persistence::state_file(path, noon).value() == full_state()));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_set_aside_and_the_api_counts_as_just_asked) {
    test::temporary_directory const here;
    auto const path = here.write("trafikito.state", "{");
    agent::persistence::state_file const damaged(path, noon);
    BOOST_TEST((damaged.value().asked_at == noon));
    BOOST_TEST(!damaged.value().last_order.has_value());
    BOOST_TEST(damaged.problem() == path.string() +
                                        " is damaged or of another version; set aside as "
                                        "trafikito.state.damaged");
    BOOST_TEST(test::read_file(path.string() + ".damaged") == "{");
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_link_in_the_place_of_the_new_file_is_not_followed) {
    test::temporary_directory const here;
    auto const victim = here.write("victim", "precious");
    std::filesystem::create_symlink(victim, here.path() / "trafikito.state.new");
    agent::persistence::state_file file(here.path() / "trafikito.state", noon);
    BOOST_TEST(file.save({}) == "");
    BOOST_TEST(!std::filesystem::is_symlink(here.path() / "trafikito.state"));
    BOOST_TEST(test::read_file(victim) == "precious");
}

BOOST_AUTO_TEST_CASE(the_api_is_asked_at_most_once_per_interval_and_delay) {
    agent::persistence::state value;
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, noon).count() == 0);
    value.asked_at = noon;
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, noon).count() == 60'000);
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, after_noon(59s)).count() == 1'000);
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, after_noon(60s)).count() == 0);
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, after_noon(24h * 365)).count() ==
               0);
    value = full_state();
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, after_noon(59s)).count() == 6'000);
    value.pause = 24h; // of a longer interval, in an earlier configuration
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, noon).count() == 65'000);
    value.last_order.reset();
    value.pause = 60s + agent::persistence::on_the_way(60s); // no answer to it is known
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, noon).count() == 63'100);
}

BOOST_AUTO_TEST_CASE(a_wall_clock_that_was_set_changes_nothing) {
    agent::persistence::state value;
    value.asked_at = noon;
    for (auto const jump : {-24h * 365, -24h, 24h, 24h * 365}) {
        auto now = after_noon(20s);
        now.wall += jump;
        BOOST_TEST(agent::persistence::until_next_order(value, 60s, now).count() == 40'000);
    }
}

BOOST_AUTO_TEST_CASE(after_a_reboot_the_wall_clock_decides_and_one_from_the_past_waits) {
    agent::persistence::state value;
    value.asked_at = noon;
    base::timestamp booted{noon.wall + 20s, 3s, "the next boot"};
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, booted).count() == 40'000);
    booted.wall = noon.wall - 24h;
    BOOST_TEST(agent::persistence::until_next_order(value, 60s, booted).count() == 60'000);
}

BOOST_AUTO_TEST_SUITE_END()
