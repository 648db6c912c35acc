// What those hear who look, as it happens.
#include "server/people/watch.hpp"

#include "server/people/board.hpp"
#include "test/net/run_here.hpp"
#include "test/server/people/machines_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::people::role;

struct fixture : test::machines_fixture {
    using stream_ptr = std::shared_ptr<server::http::body_stream>;

    stream_ptr look() {
        auto const answered = ask(role::reader, "GET", "/api/v1/events");
        BOOST_REQUIRE_EQUAL(answered.status, 200U);
        BOOST_TEST(answered.content_type == "text/event-stream; charset=utf-8");
        return answered.stream;
    }
    std::string next(stream_ptr const& of) { return test::run_here(context, of->next()); }
    /// The board looks, and tells.
    void happen() { read("/api/v1/machines/srv-1"); }
};

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

BOOST_FIXTURE_TEST_SUITE(watch, fixture)

BOOST_AUTO_TEST_CASE(who_comes_is_greeted_and_hears_what_changes) {
    happen();
    auto const viewer = look();
    auto const hello = next(viewer);
    BOOST_TEST(has(hello, "retry: 2000\n"));
    BOOST_TEST(has(hello, "event: hello\ndata: {\"now\":1800000000000}\n\n"));
    report({{"trafikito_x", "x"}}, "[]", {}, {{"trafikito_uptime", "load_1", "", "", "load", 0.5}});
    happen();
    auto const news = next(viewer);
    BOOST_TEST(has(news, "event: machines\ndata: [{\"id\":\"srv-1\""));
    BOOST_TEST(has(news, "\"state\":\"reporting\""));
    BOOST_TEST(!has(news, "\"hour\""));
    BOOST_TEST(has(news, "event: reports\ndata: [{\"machine\":\"srv-1\",\"at\":1800000000000,"
                         "\"late\":false}]\n\n"));
}

BOOST_AUTO_TEST_CASE(nothing_that_a_machine_says_makes_another_event) {
    happen();
    auto const viewer = look();
    next(viewer);
    kept.add_feedback("srv-1", "1", "a\n\nevent: removed\ndata: {\"id\":\"x\"}\n\n", "");
    report({{"trafikito_x", "x"}});
    happen();
    auto const news = next(viewer);
    BOOST_TEST(has(news, "\"state\":\"problem\""));
    BOOST_TEST(!has(news, "\nevent: removed"));
}

BOOST_AUTO_TEST_CASE(one_that_goes_is_said_once) {
    happen();
    auto const viewer = look();
    next(viewer);
    kept.begin_removal("srv-1");
    happen();
    BOOST_TEST(has(next(viewer), "\"state\":\"stopped\""));
    now += server::people::board::stopped_shown;
    read("/api/v1/machines");
    BOOST_TEST(has(next(viewer), "event: removed\ndata: {\"id\":\"srv-1\"}\n\n"));
}

BOOST_AUTO_TEST_CASE(who_leaves_is_forgotten_and_the_end_ends_all) {
    auto const one = look();
    auto const other = look();
    next(one);
    next(other);
    one->close();
    BOOST_TEST(next(one) == "");
    shows.stop();
    BOOST_TEST(next(other) == "");
}

BOOST_AUTO_TEST_CASE(one_person_holds_only_so_many) {
    std::vector<stream_ptr> all;
    for (std::size_t i = 0; i < server::people::watch_limits().max_of_one; ++i) {
        all.push_back(look());
    }
    auto const refused = ask(role::reader, "GET", "/api/v1/events");
    BOOST_TEST(refused.status == 429U);
    BOOST_TEST(!refused.stream);
    all.front()->close();
    all.push_back(look());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
