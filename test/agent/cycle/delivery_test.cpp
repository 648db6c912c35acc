// Suite delivery: what cycles do with reports that an API does not take at once.
#include "test/agent/cycle/cycle_rig.hpp"
#include "test/agent/fake_api.hpp"
#include "test/agent/fake_clock.hpp"
#include "test/support/time_zone.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>

using namespace trafikito;
using namespace std::chrono_literals;
using kind = agent::cycle::cycle_outcome::kind;

namespace {

struct delivery_fixture : test::cycle_rig<test::fake_clock> {
    delivery_fixture() {
        commands("trafikito_n=\"echo x >> var/runs; wc -l < var/runs\"\ntrafikito_y=\"true\"\n");
        net::api::order order;
        order.token = "t";
        order.names = {"trafikito_n"};
        api.next_answer = net::api::order_answer(order);
    }

    agent::cycle::cycle_outcome run() {
        auto outcome = cycle_rig::run(api);
        time.jump(60s);
        return outcome;
    }

    /// The numbers that the reports from the `first`th on carry, in the order in which they came.
    [[nodiscard]] std::vector<int> numbers(std::size_t first = 0) const {
        std::vector<int> all;
        for (std::size_t at = first; at < api.reports.size(); ++at) {
            auto const& report = api.reports[at];
            all.push_back(std::stoi(report.substr(report.find('\n') + 1)));
        }
        return all;
    }

    [[nodiscard]] std::string audited() const {
        return test::read_file(here.path() / "var/audit.log");
    }

    test::fake_api api;
};

using ints = std::vector<int>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(delivery, delivery_fixture)

BOOST_AUTO_TEST_CASE(an_accepted_report_leaves_nothing_behind) {
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(spool->count() == 0U);
    BOOST_TEST(std::filesystem::is_empty(here.path() / "var/spool"));
    BOOST_TEST(api.collected_at.at(0) == "");
}

BOOST_AUTO_TEST_CASE(a_report_is_on_the_disk_before_it_is_offered) {
    std::size_t on_disk = 0;
    api.on_report = [&] {
        // As the next agent would find it, were this one killed now.
        auto const copy = here.path() / "copy";
        std::filesystem::copy(here.path() / "var", copy, std::filesystem::copy_options::recursive);
        agent::persistence::report_spool next(copy / "spool");
        next.adopt(copy / "trafikito.tmp");
        on_disk = next.count();
        return net::link::result<void>();
    };
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(on_disk == 1U);
}

BOOST_AUTO_TEST_CASE(
    what_was_not_delivered_comes_after_the_fresh_one_oldest_first_and_a_few_a_cycle) {
    api.report_answer = test::failure_of(503);
    for (int minute = 0; minute < 6; ++minute) {
        auto const outcome = run();
        BOOST_TEST((outcome.end == kind::failed));
        BOOST_TEST(outcome.waiting.count == static_cast<std::size_t>(minute) + 1);
    }
    BOOST_TEST(says("HTTP 503; it is kept and sent later"));
    BOOST_TEST((numbers() == ints{1, 2, 3, 4, 5, 6}));
    api.report_answer = {};
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST((numbers(6) == ints{7, 1, 2, 3, 4}));
    BOOST_TEST(says("; 4 late reports delivered, 2 wait"));
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST((numbers(11) == ints{8, 5, 6}));
    BOOST_TEST(spool->count() == 0U);
    BOOST_TEST(api.collected_at.at(7).starts_with("2023-11-14T22:13:20"));
    BOOST_TEST(api.collected_at.at(11) == "");
    std::set<std::string> const different(api.ids.begin(), api.ids.end());
    BOOST_TEST(different.size() == 8U); // each has kept its own
}

BOOST_AUTO_TEST_CASE(a_restart_loses_nothing_and_sends_nothing_twice) {
    api.report_answer = test::failure_of(0);
    (void)run();
    (void)run();
    restart();
    api.report_answer = {};
    (void)run();
    restart();
    (void)run();
    BOOST_TEST((numbers(2) == ints{3, 1, 2, 4}));
}

BOOST_AUTO_TEST_CASE(while_the_api_is_away_the_last_order_is_run_and_kept) {
    (void)run();
    auto const order = api.next_answer;
    api.next_answer = test::failure_of(0);
    for (int minute = 0; minute < 3; ++minute) {
        BOOST_TEST((run().end == kind::failed));
    }
    BOOST_TEST(says("<4>no order: connection to api.example:443: the connection was refused; the "
                    "last one is run and its report kept"));
    BOOST_TEST(api.reports.size() == 1U); // nobody to send to
    api.next_answer = order;
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST((numbers() == ints{1, 5, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(v1_gives_each_order_a_token_so_nothing_is_run_without_one) {
    settings.version = config::api_version::v1;
    (void)run();
    api.next_answer = test::failure_of(0);
    (void)run();
    BOOST_TEST(spool->count() == 0U);
    BOOST_TEST(test::read_file(here.path() / "var/runs") == "x\n");
}

BOOST_AUTO_TEST_CASE(an_error_of_the_api_is_an_answer_and_nothing_is_run) {
    (void)run();
    api.next_answer = net::api::order_answer(net::api::api_error{"#x", "NO"});
    (void)run();
    BOOST_TEST(test::read_file(here.path() / "var/runs") == "x\n");
}

BOOST_AUTO_TEST_CASE(each_late_report_travels_with_its_own_token) {
    settings.version = config::api_version::v1;
    auto order = std::get<net::api::order>(*api.next_answer);
    api.report_answer = test::failure_of(503);
    for (auto const* token : {"a", "b"}) {
        order.token = token;
        api.next_answer = net::api::order_answer(order);
        (void)run();
    }
    api.report_answer = {};
    order.token = "c";
    api.next_answer = net::api::order_answer(order);
    (void)run();
    BOOST_TEST((api.tokens == std::vector<std::string>{"a", "b", "c", "a", "b"}));
}

BOOST_AUTO_TEST_CASE(a_refused_report_waits_an_hour_and_does_not_block_the_others) {
    api.report_answer = test::failure_of(413);
    (void)run();
    api.report_answer = test::failure_of(503);
    (void)run();
    api.report_answer = {};
    (void)run();
    BOOST_TEST((numbers(2) == ints{3, 2}));
    BOOST_TEST(spool->count() == 1U);
    time.jump(1h);
    (void)run();
    BOOST_TEST((numbers(4) == ints{4, 1}));
}

BOOST_AUTO_TEST_CASE(a_report_that_is_too_large_says_what_is_and_does_not_drive_out_the_others) {
    commands("trafikito_n=\"yes | head -c 5000\"\n");
    api.report_answer = test::failure_of(503);
    (void)run();
    api.report_answer = test::failure_of(413);
    (void)run();
    BOOST_TEST(says("; it has 5.0 KiB (max_report = 8.0 MiB, max_output = 1.0 MiB of one command), "
                    "most of it of trafikito_n (4.8 KiB); it is offered once more after an hour, "
                    "then given up; 1 late report wait"));
    (void)run();
    BOOST_TEST(spool->count() == 2U); // the one from before, and the last that is too large
    BOOST_TEST(says("<4>reports that are too large for the API are given up but for the last"));
}

BOOST_AUTO_TEST_CASE(a_late_report_that_is_too_large_is_given_up_and_what_waits_is_said) {
    api.report_answer = test::failure_of(503);
    (void)run();
    (void)run();
    std::size_t asked = 0;
    api.on_report = [&]() -> net::link::result<void> {
        if (++asked == 2) {
            return test::failure_of(413);
        }
        return {};
    };
    (void)run();
    BOOST_TEST(asked == 3U);
    BOOST_TEST(spool->count() == 0U);
    BOOST_TEST(says("<4>late report of 2023-11-14T22:13:20"));
    BOOST_TEST(says(" given up, "));
    BOOST_TEST(says("; 1 late report wait"));
}

BOOST_AUTO_TEST_CASE(what_a_portal_refuses_waits_for_the_next_cycle_and_no_longer) {
    auto portal = test::failure_of(403);
    portal.foreign = true;
    api.report_answer = portal;
    (void)run();
    BOOST_TEST(says("; it is kept and sent later"));
    api.report_answer = {};
    (void)run();
    BOOST_TEST((numbers(1) == ints{2, 1}));
}

BOOST_AUTO_TEST_CASE(late_ones_wait_when_the_first_of_them_is_not_taken) {
    api.report_answer = test::failure_of(503);
    (void)run();
    (void)run();
    std::size_t asked = 0;
    api.on_report = [&]() -> net::link::result<void> {
        if (++asked == 1) {
            return {};
        }
        return test::failure_of(503);
    };
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(asked == 2U);
    BOOST_TEST(spool->count() == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_too_much_or_too_old_is_given_up_and_said) {
    settings.spool_max_size = 0;
    api.report_answer = test::failure_of(503);
    (void)run();
    BOOST_TEST(says("<4>1 report given up: no room in the spool (spool_max_size)"));
    settings.spool_max_size = 1'000'000;
    settings.spool_max_age = 5min;
    (void)run();
    time.jump(6min);
    (void)run();
    BOOST_TEST(says("<4>1 report given up: the API did not take them within spool_max_age"));
    BOOST_TEST(spool->count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_keeps_nothing_is_said_once_and_its_return_too) {
    std::filesystem::remove_all(here.path() / "var/spool");
    (void)here.write("var/spool", "in the way");
    (void)run();
    (void)run();
    BOOST_TEST(api.reports.size() == 2U);
    auto const line = logged.find("<4>the disk does not keep reports");
    BOOST_TEST(line != std::string::npos);
    BOOST_TEST(logged.find("<4>the disk does not keep reports", line + 1) == std::string::npos);
    api.report_answer = test::failure_of(503);
    (void)run();
    BOOST_TEST(says("HTTP 503; it is lost"));
    std::filesystem::remove(here.path() / "var/spool");
    (void)run();
    BOOST_TEST(says("<6>the disk keeps reports again"));
}

BOOST_AUTO_TEST_CASE(the_owner_can_show_what_the_api_asked_and_got) {
    auto order = std::get<net::api::order>(*api.next_answer);
    order.names = {"trafikito_n", "trafikito_none"};
    api.next_answer = net::api::order_answer(order);
    test::in_time_zone const zone("CET-1");
    (void)run();
    auto const text = audited();
    BOOST_TEST(text.starts_with(
        "2023-11-14T23:13:20.000+01:00  ordered  order: 2 names: trafikito_n, trafikito_none\n"));
    BOOST_TEST(text.find("  refused  trafikito_none: no such command in available_commands.sh\n") !=
               std::string::npos);
    BOOST_TEST(text.find("  ran      trafikito_n: exit code 0 after ") != std::string::npos);
    BOOST_TEST(text.find(" bytes: accepted\n") != std::string::npos);
    BOOST_TEST(text.find("id of") == std::string::npos);
    api.next_answer = net::api::order_answer(net::api::stop{"removed"});
    (void)run();
    BOOST_TEST(audited().ends_with("  stopped  removed\n"));
}

BOOST_AUTO_TEST_CASE(no_command_runs_while_others_could_change_what_runs) {
    std::filesystem::permissions(settings.available_commands, std::filesystem::perms(0666));
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(!std::filesystem::exists(here.path() / "var/runs"));
    BOOST_TEST(api.reports.at(0).find("\n[trafikito-agent: not run: ") != std::string::npos);
    BOOST_TEST(api.reports.at(0).find("mend it: chmod go-w ") != std::string::npos);
    BOOST_TEST(says("<3>no command is run, since others could change what runs: "));
    std::filesystem::permissions(settings.available_commands, std::filesystem::perms(0644));
    (void)run();
    BOOST_TEST(says("<6>nobody else can change what runs any more"));
    BOOST_TEST((numbers(1) == ints{1}));
}

BOOST_AUTO_TEST_SUITE_END()
