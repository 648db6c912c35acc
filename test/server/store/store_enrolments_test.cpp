#include "server/store/enrolment.hpp"

#include "net/api/report.hpp"
#include "server/store/sqlite_schema.hpp"
#include "server/store/store.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::security::sha256;
using outcome = server::store::enrolment_outcome;
using state = server::store::token_state;

struct fixture : test::store_fixture {
    server::store::store store = open();

    void token(std::string const& name = "t", std::int64_t machines = 1,
               std::optional<std::string> const& server_name = {}) {
        server::store::enrolment_token made;
        made.digest = sha256(name);
        made.created = now;
        made.ends = now + 24h;
        made.machines = machines;
        made.server_name = server_name;
        store.add_token(made);
    }
    server::store::store::enrolled enrol(std::string const& id, std::string const& nonce = "",
                                         std::string const& name = "t") {
        server::store::enrolment_request wanted;
        wanted.token = sha256(name);
        if (!nonce.empty()) {
            wanted.nonce = sha256(nonce);
        }
        wanted.id = id;
        wanted.name = "box " + id;
        wanted.key = sha256("key of " + id);
        return store.enrol(wanted);
    }
    outcome enrolled(std::string const& id, std::string const& nonce = "",
                     std::string const& name = "t") {
        return enrol(id, nonce, name).outcome;
    }
    std::int64_t report(std::string const& id) {
        net::api::parsed_report const sent{{{"trafikito_x", "x"}}, {}};
        return store.add_report(id, sent).value().removed;
    }
    state now_is(std::string const& name = "t") {
        return state_of(store.find_token(sha256(name)).value(), now);
    }
};

BOOST_FIXTURE_TEST_SUITE(store_enrolments, fixture)

TRAFIKITO_STORE_TEST_CASE(a_machine_counts_at_its_first_report) {
    token();
    BOOST_TEST((enrolled("a") == outcome::made));
    BOOST_TEST(store.find_server("a").value().name == "box a");
    BOOST_TEST(store.find_token(sha256("t")).value().counted == 0);
    BOOST_TEST(store.find_token(sha256("t")).value().pending == 1);
    BOOST_TEST(report("a") == 0);
    BOOST_TEST(report("a") == 0);
    BOOST_TEST(store.find_token(sha256("t")).value().counted == 1);
    BOOST_TEST((now_is() == state::used_up));
    BOOST_TEST((enrolled("b") == outcome::used_up));
    BOOST_TEST(!store.find_server("b").has_value());
}

TRAFIKITO_STORE_TEST_CASE(an_installer_that_was_interrupted_gets_its_server_again) {
    token();
    BOOST_TEST((enrolled("a", "nonce") == outcome::made));
    auto const second = enrol("b", "nonce");
    BOOST_TEST((second.outcome == outcome::again));
    BOOST_TEST(second.row.value().id == "a");
    BOOST_TEST(second.row.value().name == "box b");
    BOOST_TEST((second.row.value().key == sha256("key of b")));
    BOOST_TEST(store.servers().size() == 1U);
    BOOST_TEST((enrolled("c", "another nonce") == outcome::made));
    BOOST_TEST(report("a") == 1);
    BOOST_TEST((enrolled("d", "nonce") == outcome::used_up));
}

TRAFIKITO_STORE_TEST_CASE(after_its_report_the_same_nonce_is_a_new_machine) {
    token("t", 2);
    BOOST_TEST((enrolled("a", "nonce") == outcome::made));
    report("a");
    BOOST_TEST((enrolled("b", "nonce") == outcome::made));
    BOOST_TEST((enrolled("c", "nonce") == outcome::again));
}

TRAFIKITO_STORE_TEST_CASE(a_nonce_is_that_of_one_token) {
    token("t");
    token("u");
    BOOST_TEST((enrolled("a", "nonce", "t") == outcome::made));
    BOOST_TEST((enrolled("b", "nonce", "u") == outcome::made));
}

TRAFIKITO_STORE_TEST_CASE(those_that_wait_are_told_to_stop_when_the_last_machine_has_reported) {
    token("t", 2);
    for (auto const* id : {"a", "b", "c", "d"}) {
        BOOST_TEST((enrolled(id) == outcome::made));
    }
    BOOST_TEST(report("b") == 0);
    BOOST_TEST(report("d") == 2);
    BOOST_TEST(store.servers().size() == 2U);
    BOOST_TEST(store.find_removed_by_key(sha256("key of a")).value().id == "a");
    BOOST_TEST(store.find_removed_by_key(sha256("key of c")).value().id == "c");
    net::api::parsed_report const late{{{"trafikito_x", "x"}}, {}};
    BOOST_CHECK_THROW(store.add_report("a", late), server::store::store_no_server);
    BOOST_TEST(store.unfinished_removals().empty());
}

TRAFIKITO_STORE_TEST_CASE(so_many_may_wait_and_no_more) {
    token("t", 2);
    for (int i = 0; i < 2 + server::store::spare_enrolments; ++i) {
        BOOST_TEST((enrolled("s" + std::to_string(i), i == 0 ? "nonce" : "") == outcome::made));
    }
    BOOST_TEST((enrolled("more") == outcome::too_many));
    BOOST_TEST((enrolled("again", "nonce") == outcome::again)); // its own place
    BOOST_TEST(store.remove_server("s1"));
    BOOST_TEST((enrolled("more") == outcome::made));
}

TRAFIKITO_STORE_TEST_CASE(a_token_ends_with_its_time_and_says_so_for_a_month) {
    token();
    BOOST_TEST((enrolled("a", "nonce") == outcome::made));
    now += 24h - 1s;
    BOOST_TEST((now_is() == state::valid));
    now += 1s;
    BOOST_TEST((now_is() == state::expired));
    BOOST_TEST((enrolled("b") == outcome::expired));
    BOOST_TEST((enrolled("b", "nonce") == outcome::expired));
    BOOST_TEST((enrolled("b", "", "nobody's") == outcome::unknown));
    now += 24h * 20;
    store.forget_ended_tokens();
    BOOST_TEST(store.tokens().size() == 1U);
    for (int day = 0; day < 12; ++day) { // so that the clock is believed
        now += 24h;
        store.forget_ended_tokens();
    }
    BOOST_TEST(store.tokens().empty());
}

TRAFIKITO_STORE_TEST_CASE(what_has_not_reported_a_day_after_the_end_is_removed) {
    token();
    BOOST_TEST((enrolled("a") == outcome::made));
    for (int hour = 0; hour < 48; ++hour) {
        now += 1h;
        BOOST_TEST(store.forget_ended_tokens() == 0);
    }
    BOOST_TEST(store.find_server("a").has_value());
    now += 1min;
    BOOST_TEST(store.forget_ended_tokens() == 1);
    BOOST_TEST(!store.find_server("a").has_value());
    BOOST_TEST(store.find_removed_by_key(sha256("key of a")).has_value());
}

TRAFIKITO_STORE_TEST_CASE(one_that_reports_after_the_end_and_before_that_counts) {
    token();
    BOOST_TEST((enrolled("a") == outcome::made));
    now += 30h;
    BOOST_TEST(report("a") == 0);
    BOOST_TEST(store.find_token(sha256("t")).value().counted == 1);
}

TRAFIKITO_STORE_TEST_CASE(a_clock_that_jumps_removes_nobody_and_makes_no_token_last_longer) {
    token();
    BOOST_TEST((enrolled("a") == outcome::made));
    store.forget_ended_tokens();
    auto const right = now;
    auto boot = 0ms;
    auto jumping = server::store::store(
        open_engine(server::store::access::read_write), server::store::access::read_write,
        [&] { return now; }, {.keep = 24h}, [&] { return boot += 1ms; });
    BOOST_TEST(jumping.forget_ended_tokens() == 0);
    now += 24h * 400;
    BOOST_TEST(jumping.forget_ended_tokens() == 0);
    BOOST_TEST((now_is() == state::expired));
    now = right;
    BOOST_TEST((now_is() == state::valid));
    BOOST_TEST(jumping.find_server("a").has_value());
    now = right - 2h;
    BOOST_TEST((now_is() == state::not_yet));
    BOOST_TEST((enrolled("b") == outcome::not_yet));
    now = right - 30min;
    BOOST_TEST((now_is() == state::valid));
}

TRAFIKITO_STORE_TEST_CASE(revoking_removes_those_that_have_not_reported) {
    token("t", 3);
    for (auto const* id : {"a", "b", "c"}) {
        BOOST_TEST((enrolled(id) == outcome::made));
    }
    report("b");
    BOOST_TEST(store.revoke_token(sha256("t")).value() == 2);
    BOOST_TEST(store.servers().size() == 1U);
    BOOST_TEST((now_is() == state::revoked));
    BOOST_TEST((enrolled("d") == outcome::revoked));
    BOOST_TEST((store.may_send_commands(sha256("t"), "a") == outcome::revoked));
    BOOST_TEST(store.revoke_token(sha256("t")).value() == 0);
    BOOST_TEST(!store.revoke_token(sha256("u")).has_value());
}

TRAFIKITO_STORE_TEST_CASE(a_removed_one_gives_its_place_back_only_before_its_report) {
    token("t", 2);
    BOOST_TEST((enrolled("a", "nonce") == outcome::made));
    BOOST_TEST(store.remove_server("a"));
    BOOST_TEST(store.find_token(sha256("t")).value().pending == 0);
    BOOST_TEST((enrolled("b", "nonce") == outcome::made)); // a new one
    report("b");
    BOOST_TEST(store.remove_server("b"));
    BOOST_TEST(store.find_token(sha256("t")).value().counted == 1);
}

TRAFIKITO_STORE_TEST_CASE(commands_come_with_the_token_that_made_the_server_and_soon) {
    token("t", 3);
    token("u");
    store.add_server("old", "old", sha256("old"));
    BOOST_TEST((enrolled("a") == outcome::made));
    BOOST_TEST((store.may_send_commands(sha256("t"), "a") == outcome::made));
    BOOST_TEST((store.may_send_commands(sha256("u"), "a") == outcome::other_server));
    BOOST_TEST((store.may_send_commands(sha256("t"), "old") == outcome::other_server));
    BOOST_TEST((store.may_send_commands(sha256("x"), "a") == outcome::unknown));
    now += 24h - 30min;
    BOOST_TEST((enrolled("b") == outcome::made));
    now += 31min;
    BOOST_TEST((store.may_send_commands(sha256("t"), "b") == outcome::made));
    BOOST_TEST((store.may_send_commands(sha256("t"), "a") == outcome::expired));
    now += 31min;
    BOOST_TEST((store.may_send_commands(sha256("t"), "b") == outcome::expired));
}

TRAFIKITO_STORE_TEST_CASE(a_token_may_fix_the_name) {
    token("t", 1, "web 1");
    BOOST_TEST(enrol("a").row.value().name == "web 1");
    BOOST_TEST(store.find_token(sha256("t")).value().server_name.value() == "web 1");
}

TRAFIKITO_STORE_TEST_CASE(a_token_that_nobody_saw_is_forgotten) {
    token();
    store.forget_token(sha256("t"));
    BOOST_TEST(store.tokens().empty());
    BOOST_TEST((enrolled("a") == outcome::unknown));
}

BOOST_AUTO_TEST_CASE(the_database_holds_no_token) {
    auto const secret = server::security::random_token();
    BOOST_TEST(server::security::is_token(secret));
    token(secret);
    BOOST_TEST((enrolled("a", "the nonce", secret) == outcome::made));
    auto const bytes = test::read_file(file) + test::read_file(file.string() + "-wal");
    BOOST_TEST(bytes.find(secret) == std::string::npos);
    BOOST_TEST(bytes.find(secret.substr(7)) == std::string::npos);
    BOOST_TEST(bytes.find("the nonce") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
