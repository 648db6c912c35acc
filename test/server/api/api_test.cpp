#include "server/api/service.hpp"

#include "server/database/sqlite.hpp"
#include "test/server/api/api_fixture.hpp"
#include "test/server/api/captures.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace trafikito;

BOOST_FIXTURE_TEST_SUITE(api, test::api_fixture)

BOOST_AUTO_TEST_CASE(only_post_is_answered_on_known_paths) {
    for (auto const* path : {"/v1/agent/get", "/v2/agent/save_output?x=y"}) {
        auto const refused = answer({"GET", path, {}, "", "peer", ""});
        BOOST_TEST(refused.status == 405U);
        BOOST_TEST(refused.headers.at(0).second == "POST");
    }
}

BOOST_AUTO_TEST_CASE(a_health_check_is_answered) {
    for (auto const* method : {"GET", "HEAD"}) {
        BOOST_TEST(answer({method, "/healthz", {}, "", "peer", ""}).body == "ok\n");
        BOOST_TEST(answer({method, "/v2/ping", {}, "", "peer", ""}).body == "OK");
    }
    BOOST_TEST(post("/healthz", "").status == 405U);
    BOOST_TEST(said.size() == 2U); // of the refusal alone: once for people, once at debug
}

BOOST_AUTO_TEST_CASE(unknown_paths_are_not_found) {
    for (auto const* path :
         {"/", "", "*", "/v2/ping/", "/V2/ping", "/v2//ping", "/v1/agent", "?", "/\x1b[31m"}) {
        auto const answer = post(path, "");
        BOOST_TEST(answer.status == 404U, path);
        BOOST_TEST(test::error_of(answer) == "#path THIS_SERVER_HAS_NO_SUCH_PATH");
    }
    BOOST_TEST(!logged("\x1b"));
}

BOOST_AUTO_TEST_CASE(a_query_is_never_logged) {
    post("/nowhere?callToken=secret", "");
    BOOST_TEST(logged("/nowhere from"));
    BOOST_TEST(!logged("secret"));
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_a_503_and_the_next_request_is_served) {
    server::database::sqlite other(directory.path() / "trafikito.db",
                                   server::store::access::read_write);
    other.run_script("ALTER TABLE servers RENAME TO gone");
    auto const body = R"({"serverId":"srv-1","serverApiKey":"key-1"})";
    auto const refused = post("/v2/agent/get_config", body); // of whom nothing is known yet
    BOOST_TEST(refused.status == 503U);
    BOOST_TEST(refused.headers.at(0).first == "Retry-After");
    BOOST_TEST(logged("no such table: servers"));
    BOOST_TEST(post("/v2/ping", "").status == 200U);
    other.run_script("ALTER TABLE gone RENAME TO servers");
    BOOST_TEST(post("/v2/agent/get_config", body).status == 200U);
}

// What is written to a file that has no name any more is gone with the process.
BOOST_AUTO_TEST_CASE(nothing_is_answered_ok_when_the_database_file_is_gone_or_another) {
    auto const file = directory.path() / "trafikito.db";
    auto const report = [&] {
        return post_multipart("/v2/agent/save_output",
                              {{"serverId", "srv-1"}, {"serverApiKey", "key-1"}, {"output", "x"}});
    };
    BOOST_TEST(report().body == "OK");
    std::filesystem::copy_file(file, directory.path() / "backup");
    std::filesystem::remove(file);
    BOOST_TEST(report().status == 503U);
    BOOST_TEST(logged("was deleted while it is in use. What was accepted can be read"));
    std::filesystem::rename(directory.path() / "backup", file);
    BOOST_TEST(report().status == 503U);
    BOOST_TEST(logged("another one put in its place"));
    auto const order =
        post("/v2/agent/get_config", R"({"serverId":"srv-1","serverApiKey":"key-1"})");
    BOOST_TEST(order.status == 200U);
    BOOST_TEST(post("/v2/ping", "").status == 200U);
}

// A full disk, or one that became read-only: machines go on collecting, and what they cannot
// deliver they keep.
BOOST_AUTO_TEST_CASE(an_order_that_cannot_be_noted_is_given_once_a_minute_all_the_same) {
    server::database::sqlite other(directory.path() / "trafikito.db",
                                   server::store::access::read_write);
    other.run_script("CREATE TRIGGER full BEFORE UPDATE ON servers BEGIN "
                     "SELECT RAISE(ABORT, 'database or disk is full'); END");
    auto const ask_v2 = [&] {
        return post("/v2/agent/get_config", R"({"serverId":"srv-1","serverApiKey":"key-1"})");
    };
    auto const ask_v1 = [&] {
        return post("/v1/agent/get", "serverId=srv-1&os=debian", {{"Authorization", "key-1"}});
    };
    BOOST_TEST(ask_v2().body.ends_with(" - 55 0"));
    BOOST_TEST(logged("cannot be noted on the disk, and goes on all the same (orders given): "));
    BOOST_TEST(test::error_of(ask_v2()).starts_with("#6d5"));
    BOOST_TEST(test::error_of(ask_v1()).starts_with("#q2w"));
    now += std::chrono::minutes(1);
    BOOST_TEST(ask_v1().body.size() == 36U);
    BOOST_TEST(test::error_of(ask_v2()).starts_with("#6d5"));
    other.run_script("DROP TRIGGER full");
    now += std::chrono::minutes(1);
    BOOST_TEST(ask_v1().body.size() == 36U);
    BOOST_TEST((server().last_order == now));
    BOOST_TEST(test::error_of(ask_v2()).starts_with("#6d5"));
}

// Hostile bodies: every capture, cut at any place, with bytes changed at random.
BOOST_AUTO_TEST_CASE(a_damaged_request_is_answered_and_harms_nothing) {
    std::mt19937 random(20180501);
    auto const below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
    for (auto const& name : test::capture_names) {
        auto const whole = test::read_capture(name);
        for (int round = 0; round < 300; ++round) {
            auto damaged = whole;
            damaged.body.resize(below(whole.body.size() + 1));
            for (auto changes = below(4); changes > 0 && !damaged.body.empty(); --changes) {
                damaged.body[below(damaged.body.size())] = static_cast<char>(random() % 256);
            }
            auto const status = answer(damaged).status;
            BOOST_TEST((status == 200 || status == 400 || status == 401 || status == 403),
                       name << ' ' << status);
        }
    }
    BOOST_TEST(kept.servers().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
