// What the steps make of an agent's own words: its status, its state, its files.
#include "agent/diagnosis/steps.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

using namespace trafikito;
using namespace trafikito::agent;
using namespace trafikito::agent::diagnosis;
using namespace std::chrono_literals;
using trafikito::base::timestamp;
using trafikito::test::temporary_directory;

namespace {

timestamp before(std::chrono::milliseconds span) {
    auto then = timestamp::now();
    then.wall -= span;
    then.up -= span;
    return then;
}

/// An installation whose agent is this process, and well.
struct look_at_agent_fixture {
    look_at_agent_fixture() : so_far({}) {
        config::settings settings;
        settings.base_dir = here.path();
        settings.config_file = here.write("etc/trafikito.cfg", "server_id = web-1\n");
        settings.available_commands = here.write("available_commands.sh", "");
        settings.var_dir = here.path() / "var";
        std::filesystem::create_directory(settings.var_dir);
        settings.tmp_file = settings.var_dir / "trafikito.tmp";
        settings.who.server_id = "web-1";
        so_far.asked.config_file = settings.config_file;
        so_far.settings_so_far = settings;
        so_far.configuration_is_whole = true;
        persistence::daemon_status daemon;
        daemon.pid = ::getpid();
        daemon.version = trafikito_version();
        daemon.server_id = "web-1";
        daemon.interval = 60s;
        daemon.started = before(1h);
        daemon.cycle_ended = before(10s);
        daemon.accepted = before(10s);
        daemon.last_cycle = "report accepted";
        daemon.cycles = 60;
        so_far.daemon = so_far.status = daemon;
    }
    static std::string trafikito_version() { return TRAFIKITO_VERSION; }

    void order(std::vector<std::string> names) {
        net::api::order value;
        value.names = std::move(names);
        so_far.order = value;
        so_far.order_from = "a test";
    }
    void list(std::string_view text) { so_far.list = config::parse_command_list(text, "LIST"); }

    static bool holds(step const& one, std::string const& part) {
        return !one.causes.empty() &&
               in_one_sentence(one.causes.front()).find(part) != std::string::npos;
    }

    temporary_directory here;
    known so_far;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(look_at_agent, look_at_agent_fixture)

BOOST_AUTO_TEST_CASE(one_that_is_well) {
    BOOST_TEST(look_at_daemon(so_far).causes.empty());
    BOOST_TEST(look_at_last_cycles(so_far).causes.empty());
}

BOOST_AUTO_TEST_CASE(a_cycle_that_does_not_end) {
    so_far.daemon->cycle_began = before(2h);
    BOOST_TEST(holds(look_at_daemon(so_far), "hangs: its cycle began 2 h"));
    so_far.daemon->cycle_began = before(20s);
    BOOST_TEST(look_at_daemon(so_far).causes.empty());
}

BOOST_AUTO_TEST_CASE(no_cycle_that_begins) {
    so_far.daemon->cycle_ended = before(1h);
    BOOST_TEST(holds(look_at_daemon(so_far), "hangs: no cycle has begun since 1 h"));
}

BOOST_AUTO_TEST_CASE(another_version_and_another_server) {
    so_far.daemon->version = "0.0.1";
    auto const older = look_at_daemon(so_far);
    BOOST_TEST(name_of(older.is) == "note");
    BOOST_TEST(older.details.front().starts_with("it is version 0.0.1"));
    so_far.daemon->server_id = "web-0";
    BOOST_TEST(holds(look_at_daemon(so_far), "is still server web-0"));
}

BOOST_AUTO_TEST_CASE(none_that_runs) {
    so_far.daemon.reset();
    BOOST_TEST(holds(look_at_daemon(so_far), "no agent runs: the last one, started 1 h"));
    so_far.status.reset();
    BOOST_TEST(holds(look_at_daemon(so_far), "none has run with this configuration yet"));
    BOOST_TEST(name_of(look_at_last_cycles(so_far).is) == "skipped");
}

BOOST_AUTO_TEST_CASE(a_key_that_the_api_refuses) {
    so_far.daemon->accepted = before(30min);
    so_far.daemon->last_cycle = "no order: answer of api.example:443: the API says "
                                "SERVER_ID_OR_API_KEY_IS_WRONG #wrong_key";
    auto const found = look_at_last_cycles(so_far);
    BOOST_TEST(holds(found, "does not know this machine by its server_id web-1"));
    BOOST_TEST((found.causes.front().rank == rank::refused_key));
}

BOOST_AUTO_TEST_CASE(too_early_is_another_agent) {
    so_far.daemon->accepted = before(30min);
    so_far.daemon->last_cycle = "no order: answer of api.example:443: the API says "
                                "SEND_DATA_ONCE_PER_MINUTE_OR_YOU_WILL_BE_BLOCKED #6d5jyjytjh";
    BOOST_TEST(holds(look_at_last_cycles(so_far), "another agent asks as server web-1"));
}

BOOST_AUTO_TEST_CASE(what_a_stranger_says_of_keys_and_paces_means_nothing) {
    so_far.daemon->accepted = before(30min);
    for (auto const* const what :
         {"HTTP 401", "HTTP 403 Forbidden [Server: cloudflare]: the API says API_KEY_IS_WRONG",
          "HTTP 403 Forbidden: #wrong_key", "HTTP 429 Too Many Requests: too early #6d5jyjytjh",
          "HTTP 403 Forbidden: x: answer of y: the API says #wrong_key"}) {
        so_far.daemon->last_cycle = std::string("no order: answer of api.example:443: ") + what;
        auto const found = look_at_last_cycles(so_far);
        BOOST_REQUIRE(!found.causes.empty());
        BOOST_TEST((found.causes.front().rank == rank::last_cycles), what);
        BOOST_TEST(holds(found, what));
        BOOST_TEST(!holds(found, "enroll"));
    }
}

BOOST_AUTO_TEST_CASE(a_report_that_is_refused_after_an_order_is_no_matter_of_the_key) {
    so_far.daemon->accepted = before(30min);
    so_far.daemon->answer = persistence::status_answer{
        .kind = "order", .words = "an order of 1 command", .http_status = 0, .at = before(10s)};
    for (auto const* const what :
         {"HTTP 403 Forbidden: Attention required", "HTTP 401 Unauthorized",
          "the API says SERVER_ID_OR_API_KEY_IS_WRONG #wrong_key"}) {
        so_far.daemon->last_cycle =
            std::string("report not delivered (1 command run): answer of api.example:443: ") + what;
        auto const found = look_at_last_cycles(so_far);
        BOOST_TEST(holds(found, "the key and this installation are well"), what);
        BOOST_TEST(!holds(found, "enroll"));
    }
}

BOOST_AUTO_TEST_CASE(one_that_fails_with_what_was_mended_meanwhile) {
    so_far.daemon->accepted = before(30min);
    so_far.daemon->last_cycle = "no order: connection refused";
    BOOST_TEST(holds(look_at_last_cycles(so_far), "no report of this agent was accepted within 3"));
    so_far.reached_api = true; // the configuration was written now, the agent started an hour ago
    BOOST_TEST(holds(look_at_last_cycles(so_far), "mend it: kill -HUP "));
}

BOOST_AUTO_TEST_CASE(a_young_one_is_waited_for) {
    so_far.daemon->started = before(1s);
    so_far.daemon->cycle_ended.reset();
    so_far.daemon->accepted.reset();
    BOOST_TEST(look_at_daemon(so_far).causes.empty());
    auto const cycles = look_at_last_cycles(so_far);
    BOOST_TEST(cycles.causes.empty());
    BOOST_TEST(cycles.text.starts_with("none has ended yet"));
}

BOOST_AUTO_TEST_CASE(commands_that_the_list_does_not_offer) {
    list("trafikito_df=\"df\"\ntrafikito_uptime=\"uptime\"\n");
    order({"trafikito_df", "trafikito_uptmie"});
    auto const found = look_at_order(so_far);
    BOOST_TEST(holds(found, "asks for trafikito_uptmie, which is not in the list"));
    BOOST_TEST(holds(found, "mend it: sed -i 's/^trafikito_uptime=/trafikito_uptmie=/' "));
    order({"trafikito_df", "trafikito_uptime"});
    BOOST_TEST(look_at_order(so_far).causes.empty());
    order({});
    BOOST_TEST(holds(look_at_order(so_far), "asks this server for no command"));
}

BOOST_AUTO_TEST_CASE(a_command_that_is_asked_for_itself_is_not_renamed) {
    list("trafikito_df=\"df\"\n");
    order({"trafikito_df", "trafikito_dd"});
    BOOST_TEST(!holds(look_at_order(so_far), "sed"));
}

BOOST_AUTO_TEST_CASE(files_from_the_future_blame_the_clock) {
    BOOST_TEST(look_at_clock(so_far).causes.empty());
    auto const file = here.write("var/trafikito.status", "x");
    timespec const later{::time(nullptr) + 2 * 24 * 3600, 0};
    timespec const both[2] = {later, later};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, file.c_str(), both, 0) == 0);
    BOOST_TEST(holds(look_at_clock(so_far), "this machine's clock is wrong"));
}

BOOST_AUTO_TEST_CASE(a_spool_that_is_full) {
    so_far.settings_so_far->spool_max_size = 1000;
    BOOST_TEST(look_at_spool(so_far).text == "no report waits");
    (void)here.write("var/spool/1", std::string(100, 'x'));
    BOOST_TEST(name_of(look_at_spool(so_far).is) == "note");
    (void)here.write("var/spool/2", std::string(900, 'x'));
    BOOST_TEST(holds(look_at_spool(so_far), "the spool is full"));
}

BOOST_AUTO_TEST_CASE(the_word_of_the_api_to_stop) {
    BOOST_TEST(look_at_stop(so_far).causes.empty());
    (void)here.write("var/STOP", "removed\n");
    BOOST_TEST(holds(look_at_stop(so_far), "the API stopped this agent (removed)"));
    BOOST_TEST(holds(look_at_stop(so_far), "mend it: rm "));
}

// Else `rm var/STOP` would be told again and again.
BOOST_AUTO_TEST_CASE(a_server_that_the_api_has_removed_is_enrolled_anew) {
    (void)here.write("var/STOP", "the server was removed\n");
    so_far.status->answer = persistence::status_answer{
        .kind = "stop", .words = "STOP", .http_status = 200, .at = before(1min)};
    auto const found = look_at_stop(so_far);
    BOOST_TEST(holds(found, "has removed this server and told its agent to stop (the server was"));
    BOOST_TEST(found.causes.front().command.find(" enroll --anew ") != std::string::npos);
    BOOST_TEST(found.causes.front().command.find("mv ") == std::string::npos);
    so_far.daemon->pid = 0; // out of sight: enroll itself sees to it that none runs
    BOOST_TEST(look_at_stop(so_far).causes.front().command.find("kill") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_refused_while_the_agent_runs_stops_it_first) {
    so_far.daemon->accepted = before(30min);
    so_far.daemon->last_cycle = "no order: answer of api.example:443: the API says "
                                "SERVER_ID_OR_API_KEY_IS_WRONG #wrong_key";
    auto const found = look_at_last_cycles(so_far);
    auto const& command = found.causes.front().command;
    BOOST_TEST(command.starts_with("kill " + std::to_string(::getpid()) + "; "), command);
    BOOST_TEST(command.find(" enroll --anew ") != std::string::npos, command);
    BOOST_TEST(command.find("mv ") == std::string::npos, command);
}

BOOST_AUTO_TEST_CASE(reports_that_hold_nothing_but_failures) {
    so_far.daemon->results = R"([{"command":"a","exitCode":127},{"command":"b","exitCode":1}])";
    BOOST_TEST(holds(look_at_last_cycles(so_far), "every command in them fails: a (exit code 127"));
    so_far.daemon->results = R"([{"command":"a","signal":15,"timedOut":true,"durationMs":900}])";
    BOOST_TEST(holds(look_at_last_cycles(so_far), "no command ends in its time: a (stopped after"));
    so_far.daemon->results = R"([{"command":"a","exitCode":0},{"command":"b","exitCode":1}])";
    auto const some = look_at_last_cycles(so_far);
    BOOST_TEST(some.causes.empty());
    BOOST_TEST(name_of(some.is) == "note");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_not_the_agents) {
    so_far.daemon->results =
        R"([{"command":"trafikito_a","notRun":"no such command in available_commands.sh"}])";
    list("trafikito_a=\"echo\"\n");
    BOOST_TEST(look_at_last_cycles(so_far).causes.empty()); // it was written just now
    so_far.daemon->cycle_ended->wall += 1h;
    BOOST_TEST(holds(look_at_last_cycles(so_far), "the agent works with another list than"));
}

BOOST_AUTO_TEST_CASE(the_first_cycle_comes_when_the_agent_says_so) {
    so_far.daemon->started = before(1s);
    so_far.daemon->cycle_ended.reset();
    so_far.daemon->accepted.reset();
    so_far.daemon->next_cycle = before(-10min);
    auto const text = look_at_last_cycles(so_far).text;
    BOOST_TEST(text.find("its first cycle comes in 10 min") != std::string::npos, text);
    so_far.daemon->next_cycle.reset();
    so_far.settings_so_far->random_number = 300s;
    BOOST_TEST(look_at_last_cycles(so_far).text.find("comes within 300 s") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_agent_of_another_user_than_run_as_names) {
    so_far.settings_so_far->run_as = "nobody";
    so_far.running_as = ::geteuid();
    if (::geteuid() == 0) {
        auto const found = look_at_daemon(so_far);
        BOOST_TEST(found.causes.empty());
        BOOST_TEST(std::ranges::any_of(found.details, [](std::string const& line) {
            return line.starts_with("it runs as user root, and run_as says nobody");
        }));
        BOOST_TEST(so_far.daemons_user() == "root");
    }
}

BOOST_AUTO_TEST_CASE(single_cycles_that_something_begins) {
    so_far.daemon.reset();
    so_far.status->once = true;
    so_far.status->last_end = "accepted";
    so_far.driver = "/etc/cron.d/x";
    auto const agent = look_at_daemon(so_far);
    BOOST_TEST(agent.causes.empty());
    BOOST_TEST(agent.text.starts_with("no daemon: single cycles (--once) are begun by /etc/cron"));
    BOOST_TEST(look_at_last_cycles(so_far).causes.empty());
    so_far.status->started = before(-1min); // after the configuration was written
    so_far.status->last_end = "failed";
    so_far.status->last_cycle = "no order: connection refused";
    BOOST_TEST(holds(look_at_last_cycles(so_far), "the last cycle (--once), 10 s ago, did not"));
    so_far.status->cycle_ended = before(48h);
    BOOST_TEST(holds(look_at_daemon(so_far), "no cycle has run since 2 d"));
}

BOOST_AUTO_TEST_CASE(a_disk_has_room) {
    auto const disk = look_at_disk(so_far);
    BOOST_TEST(disk.text.starts_with("var_dir "));
}

BOOST_AUTO_TEST_SUITE_END()
