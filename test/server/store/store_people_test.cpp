#include "server/store/person.hpp"

#include "server/store/store.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::security::sha256;
using server::store::person_role;
using server::store::removal;

struct fixture : test::store_fixture {
    server::store::store store = open();
    std::int64_t admin = store.add_person("admin", person_role::administrator).value().id;

    void session(std::string const& secret, std::int64_t person) {
        store.add_session(sha256(secret), person);
    }
    bool is_logged_in(std::string const& secret) {
        auto const found = store.find_session(sha256(secret));
        return found && is_live(*found, now);
    }
    bool add_token(std::string const& secret, std::string const& id,
                   std::optional<base::wall_time> ends = {}) {
        server::store::api_token made;
        made.digest = sha256(secret);
        made.id = id;
        made.name = "grafana";
        made.created = now;
        made.ends = ends;
        return store.add_api_token(made);
    }
    bool is_token(std::string const& secret) {
        auto const found = store.find_api_token(sha256(secret));
        return found && is_live(*found, now);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(store_people)

BOOST_AUTO_TEST_CASE(names_are_plain_and_can_stand_in_a_path) {
    using server::store::is_person_name;
    for (auto const* const good : {"a", "admin", "Ada Lovelace", "müller", "a.b@c", ".a"}) {
        BOOST_TEST(is_person_name(good), good);
    }
    for (auto const* const bad :
         {"", " a", "a ", ".", "..", "a/b", "a\nb", "a\x1b[1m", "\xff", "a\u200bb", "a\u202eb"}) {
        BOOST_TEST(!is_person_name(bad), bad);
    }
    BOOST_TEST(is_person_name(std::string(64, 'x')));
    BOOST_TEST(!is_person_name(std::string(65, 'x')));
}

TRAFIKITO_STORE_TEST_CASE(people_have_names_of_their_own_and_roles) {
    BOOST_TEST(store.add_person("reader", person_role::reader).has_value());
    BOOST_TEST(!store.add_person("reader", person_role::administrator).has_value());
    auto const all = store.people();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].name == "admin");
    BOOST_TEST((all[0].role == person_role::administrator));
    BOOST_TEST((all[1].role == person_role::reader));
    BOOST_TEST((all[1].created == now));
    BOOST_TEST(!all[1].password);
    BOOST_TEST(!all[1].seen);
    BOOST_TEST(store.find_person("reader").value().id == all[1].id);
    BOOST_TEST(store.find_person(all[1].id).value().name == "reader");
    BOOST_TEST(!store.find_person("READER"));
    BOOST_TEST(!store.find_person("reader' OR '1'='1"));
}

TRAFIKITO_STORE_TEST_CASE(there_are_no_more_people_than_there_may_be) {
    for (std::size_t i = 1; i < server::store::max_people; ++i) {
        store.add_person("p" + std::to_string(i), person_role::reader);
    }
    BOOST_CHECK_THROW(store.add_person("one more", person_role::reader),
                      server::store::store_too_many);
    BOOST_TEST((store.remove_person("p1") == removal::removed));
    BOOST_TEST(store.add_person("one more", person_role::reader).has_value());
}

TRAFIKITO_STORE_TEST_CASE(the_last_administrator_stays) {
    BOOST_TEST((store.remove_person("admin") == removal::last_administrator));
    BOOST_TEST((store.remove_person("nobody") == removal::unknown));
    store.add_person("second", person_role::administrator);
    BOOST_TEST((store.remove_person("admin") == removal::removed));
    BOOST_TEST((store.remove_person("second") == removal::last_administrator));
    store.add_person("reader", person_role::reader);
    BOOST_TEST((store.remove_person("second") == removal::last_administrator));
    BOOST_TEST((store.remove_person("reader") == removal::removed));
}

TRAFIKITO_STORE_TEST_CASE(who_goes_takes_all_with_him_by_which_he_was_known) {
    auto const gone = store.add_person("gone", person_role::reader).value().id;
    session("s", gone);
    session("other", admin);
    store.add_device(sha256("d"), gone);
    store.add_link(sha256("l"), gone, true);
    store.remove_person("gone");
    BOOST_TEST(!is_logged_in("s"));
    BOOST_TEST(is_logged_in("other"));
    BOOST_TEST(!store.knows_device(sha256("d"), gone));
    BOOST_TEST(!store.take_link(sha256("l")));
    for (auto const* const table : {"sessions WHERE person_id <> 1", "devices", "links"}) {
        BOOST_TEST(ask_raw(std::string("SELECT count(*) FROM ") + table) == 0, table);
    }
}

TRAFIKITO_STORE_TEST_CASE(a_new_password_ends_all_that_the_old_one_began) {
    BOOST_TEST(!store.has_working_administrator());
    session("s", admin);
    store.add_device(sha256("d"), admin);
    store.add_link(sha256("l"), admin, false);
    BOOST_TEST(store.set_password(admin, "$argon2id$x"));
    BOOST_TEST(store.has_working_administrator());
    BOOST_TEST(store.find_person("admin").value().password.value() == "$argon2id$x");
    BOOST_TEST(!is_logged_in("s"));
    BOOST_TEST(!store.knows_device(sha256("d"), admin));
    BOOST_TEST(!store.find_link(sha256("l")));
    BOOST_TEST(!store.set_password(admin + 1000, "$argon2id$x"));
}

TRAFIKITO_STORE_TEST_CASE(a_reader_with_a_password_is_no_administrator) {
    auto const reader = store.add_person("reader", person_role::reader).value().id;
    store.set_password(reader, "$argon2id$x");
    BOOST_TEST(!store.has_working_administrator());
}

TRAFIKITO_STORE_TEST_CASE(a_session_ends_by_time_by_idleness_and_by_the_word) {
    session("s", admin);
    auto const found = store.find_session(sha256("s")).value();
    BOOST_TEST(found.name == "admin");
    BOOST_TEST((found.role == person_role::administrator));
    BOOST_TEST(!is_logged_in("t"));
    now += 24h - 1s;
    BOOST_TEST(is_logged_in("s"));
    BOOST_TEST(store.session_seen(sha256("s")));
    now += 1s;
    BOOST_TEST(is_logged_in("s"));
    now += 24h;
    BOOST_TEST(!is_logged_in("s"));

    session("t", admin);
    for (int hour = 0; hour < 24 * 7; hour += 12) {
        BOOST_TEST(is_logged_in("t"));
        store.session_seen(sha256("t"));
        now += 12h;
    }
    BOOST_TEST(!is_logged_in("t"));

    session("u", admin);
    BOOST_TEST(store.end_session(sha256("u")));
    BOOST_TEST(!store.end_session(sha256("u")));
    BOOST_TEST(!is_logged_in("u"));
}

TRAFIKITO_STORE_TEST_CASE(a_session_that_a_wrong_clock_made_does_not_last) {
    now += 24h * 365;
    session("s", admin);
    now -= 24h * 365;
    BOOST_TEST(!is_logged_in("s"));
}

TRAFIKITO_STORE_TEST_CASE(use_is_written_once_a_minute) {
    session("s", admin);
    now += 59s;
    BOOST_TEST(!store.session_seen(sha256("s")));
    now += 1s;
    BOOST_TEST(store.session_seen(sha256("s")));
    BOOST_TEST((store.people().front().seen == now));
    add_token("t", "00000001");
    BOOST_TEST(!store.api_tokens().front().used);
    BOOST_TEST(store.api_token_used(sha256("t")));
    BOOST_TEST(!store.api_token_used(sha256("t")));
    BOOST_TEST((store.api_tokens().front().used == now));
    BOOST_TEST(!store.api_token_used(sha256("unknown")));
}

TRAFIKITO_STORE_TEST_CASE(of_too_many_the_oldest_goes_and_others_keep_theirs) {
    auto const other = store.add_person("other", person_role::reader).value().id;
    session("other's", other);
    store.add_device(sha256("other's"), other);
    store.add_link(sha256("other's"), other, false);
    for (int i = 0; i <= 64; ++i) {
        session("s" + std::to_string(i), admin);
        store.add_device(sha256("d" + std::to_string(i)), admin);
        store.add_link(sha256("l" + std::to_string(i)), admin, false);
        now += 1s;
    }
    BOOST_TEST(!is_logged_in("s0"));
    BOOST_TEST(is_logged_in("s1"));
    BOOST_TEST(is_logged_in("s64"));
    BOOST_TEST(is_logged_in("other's"));
    BOOST_TEST(!store.knows_device(sha256("d0"), admin));
    BOOST_TEST(store.knows_device(sha256("d1"), admin));
    BOOST_TEST(store.knows_device(sha256("other's"), other));
    BOOST_TEST(!store.find_link(sha256("l48")));
    BOOST_TEST(store.find_link(sha256("l49")).has_value());
    BOOST_TEST(store.find_link(sha256("other's")).has_value());
}

TRAFIKITO_STORE_TEST_CASE(a_device_is_known_for_half_a_year_and_by_its_person_alone) {
    auto const other = store.add_person("other", person_role::reader).value().id;
    store.add_device(sha256("d"), admin);
    BOOST_TEST(!store.knows_device(sha256("d"), other));
    now += 24h * 100;
    store.add_device(sha256("d"), admin);
    now += 24h * 179;
    BOOST_TEST(store.knows_device(sha256("d"), admin));
    now += 24h;
    BOOST_TEST(!store.knows_device(sha256("d"), admin));
}

TRAFIKITO_STORE_TEST_CASE(a_link_is_taken_once_and_in_time) {
    store.add_link(sha256("sets"), admin, false);
    store.add_link(sha256("enters"), admin, true);
    BOOST_TEST(store.find_link(sha256("enters")).value().enters);
    BOOST_TEST(!store.find_link(sha256("sets")).value().enters);
    BOOST_TEST(store.find_link(sha256("sets")).value().name == "admin");
    now += 10min;
    BOOST_TEST(!store.take_link(sha256("enters")));
    now += 49min;
    BOOST_TEST(store.take_link(sha256("sets")).has_value());
    BOOST_TEST(!store.take_link(sha256("sets")));
    store.add_link(sha256("late"), admin, false);
    now += 1h;
    BOOST_TEST(!store.take_link(sha256("late")));
    now += 24h * 365;
    store.add_link(sha256("ahead"), admin, false);
    now -= 24h * 365;
    BOOST_TEST(!store.take_link(sha256("ahead")));
}

TRAFIKITO_STORE_TEST_CASE(tokens_are_listed_found_and_revoked) {
    BOOST_TEST(add_token("one", "00000001"));
    now += 1s;
    BOOST_TEST(add_token("two", "00000002", now + 24h));
    BOOST_TEST(!add_token("three", "00000002"));
    BOOST_TEST(!add_token("two", "00000003"));
    auto const all = store.api_tokens();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].id == "00000001");
    BOOST_TEST(all[0].name == "grafana");
    BOOST_TEST(!all[0].ends);
    BOOST_TEST((all[1].ends == now + 24h));
    BOOST_TEST(is_token("two"));
    now += 24h;
    BOOST_TEST(!is_token("two"));
    BOOST_TEST(is_token("one"));
    BOOST_TEST(store.revoke_api_token("00000001"));
    BOOST_TEST(!store.revoke_api_token("00000001"));
    BOOST_TEST(!is_token("one"));
}

TRAFIKITO_STORE_TEST_CASE(what_has_ended_goes_and_nothing_else) {
    session("old", admin);
    store.add_device(sha256("old"), admin);
    store.add_link(sha256("old"), admin, false);
    add_token("old", "00000001", now + 1h);
    add_token("for ever", "00000002");
    store.forget_ended_sessions();
    BOOST_TEST(is_logged_in("old"));
    for (int day = 0; day < 181; ++day) { // a clock that goes on is believed
        now += 24h;
        store.forget_ended_sessions();
    }
    BOOST_TEST(store.api_tokens().size() == 1U);
    for (auto const* const table : {"sessions", "devices", "links"}) {
        BOOST_TEST(ask_raw(std::string("SELECT count(*) FROM ") + table) == 0, table);
    }
    session("new", admin);
    BOOST_TEST(store.forget_ended_sessions() == 0);
    BOOST_TEST(is_logged_in("new"));
}

BOOST_AUTO_TEST_SUITE_END()
