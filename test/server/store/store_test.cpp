#include "server/store/store.hpp"

#include "net/api/report.hpp"
#include "server/store/sqlite_schema.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::store::access;

struct fixture : test::store_fixture {
    static net::api::parsed_report report(std::string_view output) {
        return {{{"trafikito_x", output}}, {}};
    }
    static server::store::report_facts with_token(std::string_view token) {
        server::store::report_facts facts;
        facts.token = token;
        return facts;
    }
};

BOOST_FIXTURE_TEST_SUITE(store, fixture)

TRAFIKITO_STORE_TEST_CASE(what_was_stored_is_there_after_reopening) {
    std::string const bytes("a\0b\xff\r\n", 6);
    {
        auto store = open();
        BOOST_TEST(store.add_server("s", "name", server::security::sha256("key")));
        store.set_os_facts("s", {"debian", "bookworm", "12", "centos"});
        BOOST_TEST(store.add_report("s", report(bytes)).has_value());
    }
    auto store = open(server::store::access::read_only);
    auto const row = store.find_server("s").value();
    BOOST_TEST(row.name == "name");
    BOOST_TEST((row.key == server::security::sha256("key")));
    BOOST_TEST((row.os == server::store::os_facts{"debian", "bookworm", "12", "centos"}));
    BOOST_TEST((row.last_report == now));
    BOOST_TEST(!row.last_order.has_value());
    auto const outputs = store.outputs(store.last_reports("s", 1).at(0));
    BOOST_REQUIRE_EQUAL(outputs.size(), 1U);
    BOOST_TEST(outputs[0].command == "trafikito_x");
    BOOST_TEST(outputs[0].bytes == bytes);
}

BOOST_AUTO_TEST_CASE(a_key_is_never_in_the_file) {
    {
        auto store = open();
        store.add_server("s", "name", server::security::sha256("a-very-secret-key"));
    }
    BOOST_TEST(test::read_file(file).find("a-very-secret-key") == std::string::npos);
    BOOST_TEST(test::read_file(file).find("name") != std::string::npos);
}

TRAFIKITO_STORE_TEST_CASE(ids_and_keys_are_unique) {
    auto store = open();
    BOOST_TEST(store.add_server("s", "one", server::security::sha256("key")));
    BOOST_TEST(!store.add_server("s", "two", server::security::sha256("other")));
    BOOST_TEST(!store.add_server("t", "two", server::security::sha256("key")));
    BOOST_TEST(store.servers().size() == 1U);
    BOOST_TEST(store.find_server_by_key(server::security::sha256("key")).value().name == "one");
    BOOST_TEST(!store.find_server_by_key(server::security::sha256("other")).has_value());
}

TRAFIKITO_STORE_TEST_CASE(a_v1_token_is_stored_once_for_each_server_and_v2_reports_always) {
    auto store = open();
    store.add_server("s", "s", server::security::sha256("1"));
    store.add_server("t", "t", server::security::sha256("2"));
    BOOST_TEST(store.add_report("s", report("first"), with_token("token")).has_value());
    BOOST_TEST(!store.add_report("s", report("second"), with_token("token")).has_value());
    BOOST_TEST(store.add_report("t", report("third"), with_token("token")).has_value());
    BOOST_TEST(store.add_report("s", report("fourth")).has_value());
    BOOST_TEST(store.add_report("s", report("fifth")).has_value());
    BOOST_TEST(store.last_reports("s", 10).size() == 3U);
    BOOST_TEST(store.reports_after(0).size() == 4U);
}

TRAFIKITO_STORE_TEST_CASE(last_reports_are_the_newest_oldest_first) {
    auto store = open();
    store.add_server("s", "s", server::security::sha256("1"));
    for (int i = 0; i < 5; ++i) {
        store.add_report("s", report("x"));
    }
    auto const last = store.last_reports("s", 2);
    BOOST_REQUIRE_EQUAL(last.size(), 2U);
    BOOST_TEST(last[0].id == 4);
    BOOST_TEST(last[1].id == 5);
    BOOST_TEST(store.last_reports("unknown", 2).empty());
}

TRAFIKITO_STORE_TEST_CASE(old_reports_go) {
    auto store = open(server::store::access::read_write, 1h);
    store.add_server("s", "s", server::security::sha256("1"));
    store.order_given("s", {"old-call", {}, {}});
    store.add_report("s", report("old"), with_token("old-call"));
    auto const old = store.last_reports("s", 1).at(0);
    now += 30min;
    store.add_report("s", report("younger"));
    now += 31min;
    store.add_report("s", report("new"));
    store.forget_what_is_old();
    BOOST_TEST(!store.knows_call("s", "old-call"));
    auto left = 2U;
    if (engine == test::engine_kind::postgres) { // it forgets whole days
        BOOST_TEST(store.last_reports("s", 10).size() == 3U);
        now += 24h;
        while (store.forget_what_is_old()) {
        }
        left = 0;
    }
    BOOST_TEST(store.last_reports("s", 10).size() == left);
    BOOST_TEST(store.outputs(old).empty()); // with what belongs to them
}

TRAFIKITO_STORE_TEST_CASE(an_order_is_noted_with_its_time_and_call) {
    auto store = open();
    store.add_server("s", "s", server::security::sha256("1"));
    store.order_given("s", {"call", {}, {}});
    BOOST_TEST((store.find_server("s").value().last_order == now));
    BOOST_TEST(store.knows_call("s", "call"));
    BOOST_TEST(!store.knows_call("t", "call"));
}

TRAFIKITO_STORE_TEST_CASE(wanted_names_are_all_none_or_some) {
    auto store = open();
    store.add_server("s", "s", server::security::sha256("1"));
    auto const wanted = [&] { return store.find_server("s").value().wanted; };
    BOOST_TEST(!wanted().has_value());
    store.set_wanted("s", std::vector<std::string>{});
    BOOST_TEST(wanted().value().empty());
    store.set_wanted("s", std::vector<std::string>{"trafikito_b", "trafikito_a"});
    BOOST_TEST(wanted().value() == (std::vector<std::string>{"trafikito_b", "trafikito_a"}),
               boost::test_tools::per_element());
    store.set_wanted("s", std::nullopt);
    BOOST_TEST(!wanted().has_value());
}

TRAFIKITO_STORE_TEST_CASE(feedback_of_one_code_counts_once_a_minute) {
    auto store = open();
    store.add_server("s", "s", server::security::sha256("1"));
    BOOST_TEST(store.add_feedback("s", "100", "m", "d"));
    now += 59s;
    BOOST_TEST(!store.add_feedback("s", "100", "m", "d"));
    BOOST_TEST(store.add_feedback("s", "101", "m", "d"));
    now += 1s;
    BOOST_TEST(store.add_feedback("s", "100", "m", "d"));
    BOOST_TEST(store.feedback("s").size() == 3U);
}

TRAFIKITO_STORE_TEST_CASE(a_reader_sees_what_another_connection_writes) {
    auto writer = open();
    writer.add_server("s", "s", server::security::sha256("1"));
    auto reader = open(server::store::access::read_only);
    auto const before = reader.data_version();
    BOOST_TEST(reader.last_report_id() == 0);
    writer.add_report("s", report("x"));
    BOOST_TEST(reader.data_version() != before);
    BOOST_TEST(reader.reports_after(0).size() == 1U);
}

TRAFIKITO_STORE_TEST_CASE(a_read_only_store_writes_nothing) {
    open().add_server("s", "s", server::security::sha256("1"));
    auto reader = open(server::store::access::read_only);
    BOOST_CHECK_THROW(reader.add_server("t", "t", server::security::sha256("2")),
                      server::store::store_error);
}

BOOST_AUTO_TEST_CASE(a_database_of_a_newer_program_is_refused) {
    open();
    {
        server::database::sqlite raw(file, server::store::access::read_write);
        raw.run_script("PRAGMA user_version = 999");
    }
    auto const says_upgrade = [](server::store::store_error const& failure) {
        return std::string(failure.what()).find("upgrade this program") != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(open(), server::store::store_error, says_upgrade);
    BOOST_CHECK_EXCEPTION(open(server::store::access::read_only), server::store::store_error,
                          says_upgrade);
}

BOOST_AUTO_TEST_CASE(a_database_without_tables_gets_them_by_a_writer_and_is_refused_by_a_reader) {
    {
        server::database::sqlite raw(file, server::store::access::read_write);
        raw.run_script("VACUUM");
    }
    BOOST_CHECK_THROW(open(server::store::access::read_only), server::store::store_error);
    BOOST_CHECK_NO_THROW(open());
    server::database::sqlite raw(file, server::store::access::read_only);
    auto version = raw.prepare("PRAGMA user_version");
    BOOST_REQUIRE(version.step());
    BOOST_TEST(version.number_at(0) == server::store::schema_version());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_refused) {
    directory.write("trafikito.db", std::string(4096, 'x'));
    BOOST_CHECK_THROW(open(), server::store::store_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
