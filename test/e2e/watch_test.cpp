// Suite watch: `status --watch` on a terminal.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"
#include "test/support/pseudo_terminal.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>

using namespace trafikito::test;

namespace {

struct watch_fixture : pair {
    watch_fixture() : pair(2) {
        commands("trafikito_one=\"echo 1\"\ntrafikito_two=\"echo 2\"\n");
        order({{"tok one,two 55 0"}});
        there.environment["TRAFIKITO_INTERVAL"] = "1h";
        daemon = there.daemon();
        BOOST_REQUIRE(eventually([&] { return there.run({"healthcheck"}).code == 0; }));
    }

    [[nodiscard]] std::vector<std::string> words() const {
        return {TRAFIKITO_AGENT, "--config", there.config().string(), "status", "--watch"};
    }

    std::unique_ptr<program> daemon;
};

bool fits(std::vector<std::string> const& screen, terminal_size size) {
    return screen.size() <= size.lines && std::ranges::all_of(screen, [&](auto const& line) {
               return line.size() <= size.columns;
           });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(watch, watch_fixture)

BOOST_AUTO_TEST_CASE(it_is_drawn_in_place_until_ctrl_c) {
    terminal_size const size{.columns = 120, .lines = 30};
    pseudo_terminal terminal(words(), there.all_environment(), size);
    BOOST_REQUIRE(terminal.shows("running: trafikito-agent"));
    BOOST_TEST(!terminal.cursor_shown());
    auto const frames = [&] {
        auto const& all = terminal.written();
        std::size_t count = 0;
        for (auto at = all.find("running: "); at != std::string::npos;
             at = all.find("running: ", at + 1)) {
            ++count;
        }
        return count;
    };
    BOOST_REQUIRE(eventually([&] { return frames() >= 3; }));
    auto const screen = terminal.screen();
    BOOST_TEST(fits(screen, size));
    BOOST_TEST(std::ranges::count_if(
                   screen, [](auto const& line) { return line.starts_with("running: "); }) == 1);
    terminal.type("\x03");
    BOOST_TEST(terminal.wait() == 0);
    BOOST_TEST(terminal.cursor_shown());
    BOOST_TEST(terminal.screen().at(0).starts_with("running: ")); // the last page stays
}

BOOST_AUTO_TEST_CASE(it_follows_the_size_of_the_terminal) {
    pseudo_terminal terminal(words(), there.all_environment(), {.columns = 120, .lines = 30});
    BOOST_REQUIRE(terminal.shows("trafikito_two"));
    terminal_size const small{.columns = 24, .lines = 5};
    terminal.resize(small);
    BOOST_REQUIRE(terminal.shows("more lines"));
    BOOST_TEST(fits(terminal.screen(), small));
    BOOST_TEST(terminal.screen().size() == 5U);
    terminal.resize({.columns = 120, .lines = 30});
    BOOST_REQUIRE(terminal.shows("trafikito_two"));
    ::kill(terminal.pid(), SIGTERM);
    BOOST_TEST(terminal.wait() == 0);
}

BOOST_AUTO_TEST_CASE(it_follows_a_daemon_that_ends) {
    pseudo_terminal terminal(words(), there.all_environment(), {.columns = 120, .lines = 30});
    BOOST_REQUIRE(terminal.shows("running: trafikito-agent"));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    BOOST_REQUIRE(terminal.shows("not running: the agent was stopped"));
    BOOST_TEST(!terminal.shows_now("next cycle:"));
    terminal.type("\x03");
    BOOST_TEST(terminal.wait() == 0);
}

BOOST_AUTO_TEST_CASE(who_is_stopped_gives_the_cursor_back_and_goes_on_later) {
    pseudo_terminal terminal(words(), there.all_environment(), {.columns = 120, .lines = 30});
    BOOST_REQUIRE(terminal.shows("running: trafikito-agent"));
    terminal.type("\x1a"); // Ctrl-Z
    auto const is_stopped = [&] {
        return proc_file(terminal.pid(), "stat").find(") T ") != std::string::npos;
    };
    BOOST_REQUIRE(eventually(is_stopped));
    BOOST_TEST(terminal.cursor_shown());
    ::kill(terminal.pid(), SIGCONT);
    BOOST_TEST(eventually([&] { return !terminal.cursor_shown(); }));
    BOOST_TEST(terminal.shows("running: trafikito-agent"));
    terminal.type("\x03");
    BOOST_TEST(terminal.wait() == 0);
}

BOOST_AUTO_TEST_CASE(without_a_terminal_it_says_what_to_use) {
    auto const looked = there.run({"status", "--watch"});
    BOOST_TEST(exited(looked, 2));
    BOOST_TEST(looked.out == "");
    BOOST_TEST(looked.err.find("status --json") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
