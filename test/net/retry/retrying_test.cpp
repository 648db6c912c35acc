#include "net/retry/retrying.hpp"

#include "test/net/recording_client.hpp"
#include "test/net/run_here.hpp"
#include "test/net/virtual_time.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace trafikito::net;
using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

/// How many requests were sent, and when, each time an order is asked for again.
struct watch_of_repeats final : retry::order_watch {
    watch_of_repeats(recording_client const& client, virtual_time const& time)
        : client_(client), time_(time) {}

    void asking_again() override { told.emplace_back(client_.sent.size(), time_.now); }

    void not_asked() override { unasked.push_back(client_.sent.size()); }

    std::vector<std::pair<std::size_t, link::steady_time>> told;
    std::vector<std::size_t> unasked; ///< how many requests were tried until then

private:
    recording_client const& client_;
    virtual_time const& time_;
};

/// One API of each version over a client that answers from a list.
struct retrying_fixture {
    boost::asio::io_context context;
    recording_client client;
    virtual_time time;
    retry::retry_memory memory;
    std::string logged;
    watch_of_repeats watch{client, time};
    std::unique_ptr<api::client> inner;
    std::unique_ptr<retry::retrying> speaks;

    retrying_fixture() { use(2); }

    void use(int version, std::uint64_t retries = 3) {
        api::client_settings what;
        what.version = version;
        what.server_id = "srv-1";
        what.api_key = base::secret("key-1");
        what.url_get_config = "https://api.example/v1/agent/get";
        what.url_output = "https://api.example/v1/agent/output";
        what.api_urls = {"https://api.example"};
        auto const now = time.tools().now;
        inner = api::make_client(what, client, std::mt19937(1), {}, now).value();
        memory = {};
        speaks = std::make_unique<retry::retrying>(
            *inner, retry::policy_for(60s, retries), memory, std::mt19937(1), time.tools(),
            [this](std::string_view line) { logged += std::string(line) + '\n'; }, &watch);
    }

    link::result<api::order_answer> fetch() {
        return run_here(context, speaks->fetch_order("", time.now + 30s));
    }

    link::result<void> deliver() {
        api::report_delivery delivery;
        delivery.token = "tok";
        delivery.report = http::body("report");
        delivery.until = time.now + 50s;
        return run_here(context, speaks->send_report(std::move(delivery)));
    }

    void answer_later(unsigned status, std::chrono::seconds retry_after = 0s) {
        client.answer("", status);
        client.answers.back()->retry_after = retry_after;
    }

    /// How often it was sent; forgets it.
    std::size_t sent() { return std::exchange(client.sent, {}).size(); }
};

std::string const good_order[] = {"", "tok,trafikito_one", "tok one 55 0"};
std::string const too_often[] = {
    "", R"({"data":null,"error":{"code":"#q2w4544h4asa2gAefg53GHrfd","message":"BUSY"}})",
    R"({"error":{"code":"#6d5jyjytjh","message":"TOO_OFTEN"},"data":null})"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(retrying, retrying_fixture)

BOOST_AUTO_TEST_CASE(an_order_that_got_no_answer_is_asked_for_again_in_both_versions) {
    for (int const version : {1, 2}) {
        for (auto const at :
             {link::step::resolve, link::step::connect, link::step::proxy, link::step::handshake,
              link::step::send, link::step::wait, link::step::receive}) {
            use(version);
            client.fail(at);
            client.answer(good_order[version]);
            BOOST_TEST(std::holds_alternative<api::order>(fetch().value()));
            BOOST_TEST(sent() == 2U);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_order_is_asked_for_again_after_408_429_and_5xx_only) {
    for (int const version : {1, 2}) {
        for (unsigned const status : {408U, 429U, 500U, 502U, 503U, 504U}) {
            use(version);
            answer_later(status);
            client.answer(good_order[version]);
            BOOST_TEST(fetch().has_value());
            BOOST_TEST(sent() == 2U);
        }
        for (unsigned const status : {400U, 401U, 403U, 404U, 413U, 418U}) {
            use(version);
            answer_later(status);
            BOOST_TEST(fetch().error().status == status);
            BOOST_TEST(sent() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_error_of_the_api_is_an_answer_whatever_its_status) {
    for (int const version : {1, 2}) {
        for (unsigned const status : {200U, 429U, 500U, 503U}) {
            use(version);
            client.answer(too_often[version], status);
            BOOST_TEST(api::asked_too_often(std::get<api::api_error>(fetch().value())));
            BOOST_TEST(sent() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(nonsense_is_an_answer) {
    for (int const version : {1, 2}) {
        use(version);
        client.answer("<html>");
        BOOST_TEST(std::holds_alternative<api::not_an_order>(fetch().value()));
        BOOST_TEST(sent() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(too_often_after_a_lost_answer_is_the_answer) {
    for (int const version : {1, 2}) {
        use(version);
        client.fail(link::step::receive);
        client.answer(too_often[version], 429);
        BOOST_TEST(api::asked_too_often(std::get<api::api_error>(fetch().value())));
        BOOST_TEST(sent() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(the_last_failure_names_its_step_and_the_number_of_tries) {
    for (int i = 0; i < 4; ++i) {
        client.fail(link::step::connect);
    }
    auto const why = fetch().error();
    BOOST_TEST(why.message() == "connection to api.example:443: it failed (after 4 tries)");
    BOOST_TEST((why.at == link::step::connect));
    BOOST_TEST(sent() == 4U);
    BOOST_TEST(time.slept.size() == 3U);
    BOOST_TEST(logged.starts_with("try 1 failed: connection to api.example:443: it failed; the "
                                  "next one in "));
    BOOST_TEST(logged.ends_with("try 4 failed: connection to api.example:443: it failed\n"));
}

BOOST_AUTO_TEST_CASE(without_retries_one_try_is_made_and_not_counted) {
    use(2, 0);
    client.fail(link::step::wait);
    BOOST_TEST(fetch().error().message() == "waiting for api.example:443: it failed");
    BOOST_TEST(sent() == 1U);
}

BOOST_AUTO_TEST_CASE(a_report_is_sent_again_until_it_is_accepted) {
    for (int const version : {1, 2}) {
        use(version);
        client.fail(link::step::send);
        answer_later(429);
        answer_later(503);
        client.answer("OK");
        BOOST_TEST(deliver().has_value());
        BOOST_REQUIRE(client.sent.size() == 4U);
        for (auto const& one : client.sent) {
            BOOST_TEST(one.content.find("\r\n\r\nreport\r\n") != std::string::npos);
        }
        (void)sent();
    }
}

BOOST_AUTO_TEST_CASE(a_refused_report_is_not_sent_again) {
    for (int const version : {1, 2}) {
        for (unsigned const status : {400U, 403U, 404U, 413U}) {
            use(version);
            answer_later(status);
            BOOST_TEST(deliver().error().status == status);
            BOOST_TEST(sent() == 1U);
        }
        use(version);
        client.answer(R"({"error":{"code":"#1","message":"NO"}})");
        BOOST_TEST(deliver().has_error());
        BOOST_TEST(sent() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(retry_after_is_waited_for_where_the_cycle_has_the_time) {
    answer_later(503, 2s);
    client.answer(good_order[2]);
    BOOST_TEST(fetch().has_value());
    BOOST_TEST((time.slept.at(0) >= 2s));
}

BOOST_AUTO_TEST_CASE(after_a_longer_retry_after_nothing_is_asked_until_it_has_passed) {
    answer_later(429, 90s);
    BOOST_TEST(fetch().error().status == 429U);
    BOOST_TEST(sent() == 1U);
    time.now += 59s;
    auto const why = fetch().error();
    BOOST_TEST(why.message() == "send: nothing was sent: the API asked to be left alone for "
                                "another 1 s (Retry-After)");
    BOOST_TEST(deliver().has_error());
    BOOST_TEST(run_here(context, speaks->send_feedback({}, link::no_limit)).has_error());
    BOOST_TEST(sent() == 0U);
    time.now += 1s;
    client.answer(good_order[2]);
    BOOST_TEST(fetch().has_value());
}

BOOST_AUTO_TEST_CASE(no_request_is_given_more_time_than_the_cycle_has) {
    client.fail(link::step::wait);
    client.fail(link::step::wait);
    client.answer(good_order[2]);
    auto const end = time.now + 30s;
    BOOST_TEST(fetch().has_value());
    BOOST_TEST((client.sent.front().what.timeout == 30s));
    BOOST_TEST((client.sent.back().what.timeout == end - time.now));
}

BOOST_AUTO_TEST_CASE(it_tells_before_an_order_is_asked_for_again) {
    client.fail(link::step::wait);
    client.fail(link::step::wait);
    client.answer(good_order[2]);
    auto const begun = time.now;
    BOOST_TEST(fetch().has_value());
    // Each time: what was sent before, and when.
    BOOST_REQUIRE(watch.told.size() == 2U);
    BOOST_TEST(watch.told[0].first == 1U);
    BOOST_TEST((watch.told[0].second > begun));
    BOOST_TEST(watch.told[1].first == 2U);
    BOOST_TEST((watch.told[1].second == time.now));
    client.fail(link::step::wait);
    client.answer("OK");
    BOOST_TEST(deliver().has_value());
    client.answer(good_order[2]);
    BOOST_TEST(fetch().has_value());
    BOOST_TEST(watch.told.size() == 2U);
}

BOOST_AUTO_TEST_CASE(it_tells_of_each_try_that_did_not_reach_the_api) {
    auto unsent = recording_client::failure_at(link::step::connect);
    unsent.unsent = true;
    client.answers.emplace_back(unsent);
    client.fail(link::step::wait);
    client.answers.emplace_back(unsent);
    client.answer(good_order[2]);
    BOOST_TEST(fetch().has_value());
    BOOST_TEST(watch.unasked == std::vector<std::size_t>({1, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_order_that_may_not_be_asked_for_yet_is_not_asked_for) {
    use(2, 0);
    answer_later(503, 30s);
    BOOST_TEST(fetch().has_error());
    BOOST_TEST(watch.unasked.empty());
    BOOST_TEST(sent() == 1U);
    BOOST_TEST(fetch().error().unsent);
    BOOST_TEST(sent() == 0U);
    BOOST_TEST(watch.unasked.size() == 1U);
}

BOOST_AUTO_TEST_CASE(feedback_is_tried_once_and_only_while_there_is_time) {
    client.fail(link::step::connect);
    BOOST_TEST(run_here(context, speaks->send_feedback({}, time.now + 1s)).has_error());
    BOOST_TEST(sent() == 1U);
    BOOST_TEST(run_here(context, speaks->send_feedback({}, time.now)).has_error());
    BOOST_TEST(sent() == 0U);
}

BOOST_AUTO_TEST_CASE(a_cancelled_wait_ends_it_at_once) {
    auto tools = time.tools();
    tools.sleep_until = [](link::steady_time) -> boost::asio::awaitable<void> {
        throw boost::system::system_error(boost::asio::error::operation_aborted);
        co_return;
    };
    trafikito::net::retry::retrying cut(*inner, retry::policy_for(60s, 3), memory, std::mt19937(1),
                                        tools, {});
    client.fail(link::step::connect);
    BOOST_CHECK_THROW(run_here(context, cut.fetch_order("", time.now + 30s)),
                      boost::system::system_error);
    BOOST_TEST(sent() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
