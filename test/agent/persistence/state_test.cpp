#include "agent/persistence/state.hpp"

#include "base/checksum.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito;
using namespace std::chrono_literals;
using base::timestamp;

namespace {

base::timestamp const noon{1'700'000'000'123ms, 5'000'000ms, "a boot"};

agent::persistence::state full_state() {
    agent::persistence::state value;
    value.asked_at = noon;
    value.pause = 65s;
    value.edge = "https://eu.example";
    value.next_command = "trafikito_df";
    value.last_cycle = 7s;
    value.last_order.emplace();
    value.last_order->token = "a\"b\\c";
    value.last_order->names = {"trafikito_df", "trafikito_free"};
    value.last_order->version = "56";
    value.last_order->delay = 5s;
    value.last_order->widgets = {"w1"};
    value.identity = "0123";
    value.machine = "4567";
    value.machine_wanted = true;
    value.least_interval = 300s;
    value.refused_as_too_early = 5;
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

BOOST_AUTO_TEST_CASE(one_of_before_an_identity_was_kept_is_read) {
    auto text = agent::persistence::format_state(full_state());
    text = text.substr(0, text.find(",\"identity\"")) + "}";
    text += "\ncrc32 " + std::to_string(base::checksum(text)) + "\n";
    auto const read = agent::persistence::parse_state(text);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->edge == "https://eu.example");
    BOOST_TEST(read->identity == "");
    BOOST_TEST(!read->machine_wanted);
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
    BOOST_TEST(!agent::persistence::parse_state(before + "\ncrc32 " +
                                                std::to_string(base::checksum(before)) + "\n")
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
    agent::persistence::state_file first(path);
    BOOST_TEST(first.problem() == "");
    BOOST_TEST(first.save(full_state()) == "");
    BOOST_TEST((agent::persistence::state_file(path).value() == full_state()));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_set_aside_and_nothing_of_it_is_believed) {
    test::temporary_directory const here;
    auto const path = here.write("trafikito.state", "{");
    agent::persistence::state_file const damaged(path);
    BOOST_TEST((damaged.value() == agent::persistence::state()));
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
    agent::persistence::state_file file(here.path() / "trafikito.state");
    BOOST_TEST(file.save({}) == "");
    BOOST_TEST(!std::filesystem::is_symlink(here.path() / "trafikito.state"));
    BOOST_TEST(test::read_file(victim) == "precious");
}

BOOST_AUTO_TEST_CASE(where_one_half_is_damaged_the_other_is_believed_but_it_is_a_problem) {
    test::temporary_directory const here;
    auto const path = here.path() / "trafikito.state";
    auto later = full_state();
    later.edge = "https://us.example";
    {
        agent::persistence::state_file file(path);
        BOOST_TEST(file.save(full_state()) == "");
        BOOST_TEST(file.save(later) == "");
    }
    auto bytes = test::read_file(path);
    bytes.at(agent::persistence::least_half + 10) ^= 1; // of the later one
    (void)here.write("trafikito.state", bytes);
    agent::persistence::state_file file(path);
    BOOST_TEST((file.value() == full_state()));
    BOOST_TEST(file.problem() == path.string() +
                                     " is damaged in one of its halves; the other one is used; set "
                                     "aside as trafikito.state.damaged");
    BOOST_TEST(test::read_file(path.string() + ".damaged") == bytes);
    BOOST_TEST(file.save(later) == "");
    BOOST_TEST((agent::persistence::look_at_state(here.path()) == later));
}

BOOST_AUTO_TEST_CASE(the_file_of_an_older_agent_is_read_and_written_anew) {
    test::temporary_directory const here;
    auto const path = here.write("trafikito.state", agent::persistence::format_state(full_state()));
    agent::persistence::state_file file(path);
    BOOST_TEST(file.problem() == "");
    BOOST_TEST((file.value() == full_state()));
    auto next = full_state();
    next.last_cycle = 9s;
    BOOST_TEST(file.note(next) == "");
    BOOST_TEST((agent::persistence::state_file(path).value() == next));
}

BOOST_AUTO_TEST_CASE(what_would_be_lost_with_the_power_is_waited_for_and_nothing_else) {
    using agent::persistence::must_be_synced;
    using agent::persistence::state;
    auto const changed = [](auto change) {
        auto value = full_state();
        change(value);
        return must_be_synced(full_state(), value);
    };
    BOOST_TEST(!changed([](state&) {}));
    BOOST_TEST(!changed([](state& value) { value.pause -= 1s; }));
    BOOST_TEST(!changed([](state& value) { value.last_order->token = "another"; }));
    BOOST_TEST(!changed([](state& value) { value.last_cycle = 9s; }));
    BOOST_TEST(!changed([](state& value) { value.edge = "https://us.example"; }));
    BOOST_TEST(!changed([](state& value) { value.next_command = ""; }));
    BOOST_TEST(changed([](state& value) { value.pause += 1ms; }));
    BOOST_TEST(changed([](state& value) { value.asked_at->wall += 1ms; }));
    BOOST_TEST(changed([](state& value) { value.asked_at->up += 1ms; }));
    BOOST_TEST(changed([](state& value) { value.last_order->names.pop_back(); }));
    BOOST_TEST(changed([](state& value) { value.last_order->delay += 1s; }));
    BOOST_TEST(changed([](state& value) { value.last_order.reset(); }));
    BOOST_TEST(changed([](state& value) { value.least_interval += 1s; }));
    BOOST_TEST(changed([](state& value) { value.machine = ""; }));
    BOOST_TEST(changed([](state& value) { value.identity = ""; }));
    BOOST_TEST(changed([](state& value) { value.refused_as_too_early = 0; }));
    BOOST_TEST(must_be_synced({}, full_state()));
}

BOOST_AUTO_TEST_SUITE_END()
