// One request of a cycle fails, each in turn and in each way: what did the cycle do then?
#include "net/retry/retrying.hpp"
#include "test/agent/cycle/cycle_rig.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

using namespace trafikito;
using namespace std::chrono_literals;
using kind = agent::cycle::cycle_outcome::kind;

namespace {

enum class fault {
    none,
    no_answer,
    server_error, ///< 503
    timed_out,    ///< 408
    come_back,    ///< 429 with Retry-After: 2
    stay_away,    ///< 429 with Retry-After: 90
    forbidden,    ///< 403
    nonsense,     ///< 200, a web page
    cancelled
};

/// Answers as a good API does, but for the requests from `from` up to `to`.
class faulty_client final : public net::http::client {
public:
    fault what = fault::none;
    std::size_t from = 0;
    std::size_t to = 0;
    std::size_t count = 0;
    std::vector<std::string> asked; ///< last words of the targets: `ping`, `get_config`, …

    boost::asio::awaitable<net::link::result<net::http::response>>
    send(net::http::request to_send) override {
        auto const path = to_send.to.target.substr(0, to_send.to.target.find('?'));
        asked.push_back(path.substr(path.rfind('/') + 1));
        auto const number = ++count;
        co_return answer_to(asked.back(), number >= from && number <= to ? what : fault::none);
    }

    void drop_connections() override {}

private:
    static net::link::result<net::http::response> answer_to(std::string const& target, fault how) {
        net::http::response answer;
        answer.peer = "api.example:443";
        answer.status = 200;
        switch (how) {
        case fault::none:
            answer.content = target == "get"          ? "tok,trafikito_one"
                             : target == "get_config" ? "tok one 55 0"
                                                      : "OK";
            return answer;
        case fault::no_answer: {
            net::link::failure why;
            why.at = net::link::step::receive;
            why.peer = answer.peer;
            why.what = "the peer closed the connection";
            why.retryable = true;
            return why;
        }
        case fault::cancelled:
            throw boost::system::system_error(boost::asio::error::operation_aborted);
        case fault::nonsense:
            answer.content = "<html>Please log in</html>";
            return answer;
        case fault::server_error:
            answer.status = 503;
            return answer;
        case fault::timed_out:
            answer.status = 408;
            return answer;
        case fault::come_back:
        case fault::stay_away:
            answer.status = 429;
            answer.retry_after = how == fault::come_back ? 2s : 90s;
            return answer;
        case fault::forbidden:
            answer.status = 403;
            return answer;
        }
        return answer;
    }
};

/// Whoever sleeps wakes at once, later.
class skipping_clock final : public base::clock {
public:
    [[nodiscard]] steady_time steady_now() const override { return now_; }
    [[nodiscard]] base::timestamp stamp() const override {
        auto const now =
            std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch());
        return {now, now, "this boot"};
    }
    boost::asio::awaitable<void> sleep_until(steady_time when) override {
        now_ = std::max(now_, when);
        co_return;
    }
    void pass(std::chrono::milliseconds duration) { now_ += duration; }

private:
    steady_time now_{1000h};
};

struct matrix_fixture : test::cycle_rig<skipping_clock> {
    matrix_fixture() { commands("trafikito_one=\"echo 1\"\n"); }

    void connect(int version) {
        settings.version = version == 1 ? config::api_version::v1 : config::api_version::v2;
        net::api::client_settings what;
        what.version = version;
        what.server_id = "srv-1";
        what.api_key = base::secret("key-1");
        what.url_get_config = "https://api.example/v1/agent/get";
        what.url_output = "https://api.example/v1/agent/output";
        what.api_urls = {"https://a.example", "https://b.example"};
        net::link::timing const tools{
            [this] { return time.steady_now(); },
            [this](net::link::steady_time when) { return time.sleep_until(when); }};
        inner = net::api::make_client(what, client, std::mt19937(1), {}, tools.now).value();
        memory = {};
        api = std::make_unique<net::retry::retrying>(
            *inner, net::retry::policy_for(60s, settings.retries), memory, std::mt19937(1), tools,
            net::http::trace(), &*pace);
    }

    /// A fresh agent, of whose requests the `from`th up to the `to`th fail.
    kind run(int version, fault what, std::size_t from, std::size_t to_last) {
        gate = {};
        std::filesystem::remove_all(settings.var_dir / "spool");
        std::filesystem::remove(settings.var_dir / "trafikito.state");
        restart();
        connect(version);
        log.on_change(base::severity::error, "refusal", ""); // or it is said once
        logged.clear();
        time.pass(1h);
        client = {};
        client.what = what;
        client.from = from;
        client.to = to_last;
        begun = time.steady_now();
        return run();
    }

    kind run() { return cycle_rig::run(*api).end; }

    /// How often that was asked.
    [[nodiscard]] auto count(std::string const& target) const {
        return std::ranges::count(client.asked, target);
    }

    faulty_client client;
    base::clock::steady_time begun; ///< the first cycle of the last agent
    net::retry::retry_memory memory;
    std::unique_ptr<net::api::client> inner;
    std::unique_ptr<net::retry::retrying> api;
};

struct step_names {
    std::string order;
    std::string report;
    std::size_t order_number;
    std::size_t report_number;
};

step_names names_of(int version) {
    return version == 1 ? step_names{"get", "output", 1, 2}
                        : step_names{"get_config", "save_output", 2, 3}; // after the ping
}

constexpr auto passing = {fault::no_answer, fault::server_error, fault::timed_out,
                          fault::come_back};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fail_matrix, matrix_fixture)

BOOST_AUTO_TEST_CASE(nothing_fails) {
    BOOST_TEST((run(1, fault::none, 0, 0) == kind::accepted));
    BOOST_TEST((client.asked == std::vector<std::string>{"get", "output"}));
    BOOST_TEST((run(2, fault::none, 0, 0) == kind::accepted));
    BOOST_TEST((client.asked == std::vector<std::string>{"ping", "get_config", "save_output"}));
}

BOOST_AUTO_TEST_CASE(one_failure_that_may_pass_costs_nothing_wherever_it_comes) {
    for (int const version : {1, 2}) {
        auto const at = names_of(version);
        for (std::size_t n = 1; n <= at.report_number; ++n) {
            for (auto const what : passing) {
                BOOST_TEST_CONTEXT("v" << version << ", request " << n << ", fault " << int(what)) {
                    BOOST_TEST((run(version, what, n, n) == kind::accepted));
                    BOOST_TEST(count(at.order) == (n == at.order_number ? 2 : 1));
                    BOOST_TEST(count(at.report) == (n == at.report_number ? 2 : 1));
                    BOOST_TEST(count("error_feedback") == 0);
                    BOOST_TEST(says("<6>report accepted"));
                    BOOST_TEST(!says("<4>"));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_ping_that_fails_in_any_way_leads_to_another_edge) {
    for (auto const what : {fault::no_answer, fault::server_error, fault::timed_out,
                            fault::stay_away, fault::forbidden, fault::nonsense}) {
        BOOST_TEST((run(2, what, 1, 1) == kind::accepted));
        BOOST_TEST((client.asked ==
                    std::vector<std::string>{"ping", "ping", "get_config", "save_output"}));
    }
}

BOOST_AUTO_TEST_CASE(an_order_that_is_refused_is_asked_for_once) {
    for (int const version : {1, 2}) {
        auto const at = names_of(version);
        for (auto const what : {fault::forbidden, fault::nonsense, fault::stay_away}) {
            BOOST_TEST_CONTEXT("v" << version << ", fault " << int(what)) {
                BOOST_TEST((run(version, what, at.order_number, at.order_number) == kind::failed));
                BOOST_TEST(count(at.order) == 1);
                BOOST_TEST(count(at.report) == 0);
                BOOST_TEST(count("error_feedback") ==
                           (version == 2 && what == fault::nonsense ? 1 : 0));
                BOOST_TEST(says("no order: "));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_report_that_is_refused_is_sent_once) {
    for (int const version : {1, 2}) {
        auto const at = names_of(version);
        for (auto const what : {fault::forbidden, fault::nonsense, fault::stay_away}) {
            BOOST_TEST_CONTEXT("v" << version << ", fault " << int(what)) {
                BOOST_TEST(
                    (run(version, what, at.report_number, at.report_number) == kind::failed));
                BOOST_TEST(count(at.report) == 1);
                // Whoever asks to be left alone is told nothing either.
                BOOST_TEST(count("error_feedback") ==
                           (version == 2 && what != fault::stay_away ? 1 : 0));
                BOOST_TEST(says("report not delivered (1 command"));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_cancellation_ends_the_cycle_wherever_it_comes) {
    for (int const version : {1, 2}) {
        for (std::size_t n = 1; n <= names_of(version).report_number; ++n) {
            BOOST_TEST((run(version, fault::cancelled, n, n) == kind::interrupted));
            BOOST_TEST(client.asked.size() == n);
            BOOST_TEST(says("<6>cycle ended early"));
        }
    }
}

BOOST_AUTO_TEST_CASE(when_nothing_answers_any_more_the_cycle_ends_and_one_line_names_the_step) {
    auto const for_good = std::size_t{1'000};
    for (std::size_t n = 1; n <= 2; ++n) {
        BOOST_TEST((run(1, fault::no_answer, n, for_good) == kind::failed));
        BOOST_TEST(count(n == 1 ? "get" : "output") == 4);
        BOOST_TEST(says(n == 1 ? "<4>no order: receiving from api.example:443: the peer closed the "
                                 "connection (after 4 tries)"
                               : "<4>report not delivered (1 command): receiving from "));
        BOOST_TEST(std::ranges::count(logged, '\n') == 1);
    }
    for (std::size_t n = 1; n <= 3; ++n) {
        BOOST_TEST((run(2, fault::no_answer, n, for_good) == kind::failed));
        BOOST_TEST(count("get_config") <= 1);
        BOOST_TEST(says("no address of the API answers: "));
        BOOST_TEST(says("receiving from api.example:443: the peer closed the connection"));
        BOOST_TEST(says("(after 4 tries)"));
        BOOST_TEST(std::ranges::count(logged, '\n') == 1);
    }
}

BOOST_AUTO_TEST_CASE(the_next_cycle_of_an_api_that_is_away_tries_once) {
    (void)run(1, fault::server_error, 1, 1'000);
    BOOST_TEST(count("get") == 4);
    time.pass(60s);
    BOOST_TEST((run() == kind::failed));
    BOOST_TEST(count("get") == 5);
    client.what = fault::none;
    time.pass(60s);
    BOOST_TEST((run() == kind::accepted));
    BOOST_TEST(count("get") == 6);
}

BOOST_AUTO_TEST_CASE(the_next_cycle_comes_as_much_later_as_an_order_was_asked_for_again) {
    for (int const version : {1, 2}) {
        auto const at = names_of(version).order_number;
        BOOST_TEST((run(version, fault::server_error, at, at) == kind::accepted));
        BOOST_TEST(count(names_of(version).order) == 2);
        auto const waited = agent::cycle::order_pace(*state, time).must_wait(60s);
        BOOST_TEST((waited == 60s)); // from the answer on: no time has passed since
        auto const late = pace->take_postponement();
        BOOST_TEST((late > 0ms));
        BOOST_TEST((late == time.steady_now() - begun));
    }
    (void)run(1, fault::none, 0, 0);
    BOOST_TEST((pace->take_postponement() == 0ms));
    (void)run(1, fault::server_error, 2, 2); // of the report alone
    BOOST_TEST((time.steady_now() > begun));
    BOOST_TEST((pace->take_postponement() == 0ms));
}

BOOST_AUTO_TEST_CASE(a_cycle_that_is_due_before_a_retry_after_has_passed_asks_nothing) {
    (void)run(2, fault::stay_away, 2, 2);
    auto const asked = client.asked.size();
    time.pass(59s);
    BOOST_TEST((run() == kind::failed));
    BOOST_TEST(client.asked.size() == asked);
    BOOST_TEST(says("no order: send: nothing was sent: the API asked to be left alone"));
    time.pass(60s);
    BOOST_TEST((run() == kind::accepted));
}

BOOST_AUTO_TEST_SUITE_END()
