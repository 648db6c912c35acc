// The connection to a real PostgreSQL that hangs, restarts, is locked by somebody else, or is not
// there.
#include "server/database/postgres.hpp"

#include "test/server/store/store_fixture.hpp"
#include "test/support/contains.hpp"
#include "test/support/eventually.hpp"
#include "test/support/postgres_cluster.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <future>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace trafikito::server::database;
using namespace std::chrono_literals;
using mode = trafikito::server::database::access; // unistd.h has another one
using trafikito::test::contains;
using trafikito::test::eventually;
using trafikito::test::postgres_cluster;

std::int64_t ask(connection& database, std::string_view sql) {
    auto query = database.prepare(sql);
    return query.step() ? query.number_at(0) : -1;
}

std::string refusal_of(connection& database, std::string_view sql) {
    try {
        database.prepare(sql).run();
    } catch (error const& failure) {
        return failure.what();
    }
    return "";
}

struct fixture {
    postgres_cluster& cluster = postgres_cluster::shared();
    std::string address = cluster.new_database();
    postgres_patience patience{
        .connect = 500ms, .answer = 500ms, .lock = 300ms, .between_tries = 10ms};

    [[nodiscard]] postgres open(mode wanted = mode::read_write) const {
        return postgres(address, wanted, patience);
    }

    /// It goes on when the test ends.
    struct stopped {
        postgres_cluster& cluster;
        explicit stopped(postgres_cluster& which) : cluster(which) { cluster.signal_all(SIGSTOP); }
        ~stopped() { cluster.signal_all(SIGCONT); }
        stopped(stopped const&) = delete;
        stopped& operator=(stopped const&) = delete;
    };
    /// It is there again when the test ends.
    struct crashed {
        postgres_cluster& cluster;
        explicit crashed(postgres_cluster& which) : cluster(which) { cluster.crash(); }
        ~crashed() { cluster.start(); }
        crashed(crashed const&) = delete;
        crashed& operator=(crashed const&) = delete;
    };
};

BOOST_AUTO_TEST_SUITE(postgres, *boost::unit_test::precondition(trafikito::test::with_postgres()))

BOOST_FIXTURE_TEST_CASE(values_come_back_as_they_were, fixture) {
    auto database = open();
    database.run_script("CREATE TABLE t (a bigint, b text, c bytea)");
    std::string const bytes("\0\xFF';--", 6);
    database.prepare("INSERT INTO t VALUES (?, ?, ?)").number(-5).text("ä?").blob(bytes).run();
    database.prepare("INSERT INTO t VALUES (?, ?, ?)").null().text("").blob("").run();
    auto query = database.prepare("SELECT a, b, c FROM t ORDER BY a NULLS LAST");
    BOOST_REQUIRE(query.step());
    BOOST_TEST(query.number_at(0) == -5);
    BOOST_TEST(query.bytes_at(1) == "ä?");
    BOOST_TEST((query.bytes_at(2) == bytes));
    BOOST_REQUIRE(query.step());
    BOOST_TEST(query.null_at(0));
    BOOST_TEST(!query.null_at(1));
    BOOST_TEST(!query.null_at(2));
    BOOST_TEST(!query.step());
    BOOST_TEST(database.prepare("DELETE FROM t").run() == 2);
}

BOOST_FIXTURE_TEST_CASE(of_a_batch_all_is_stored_or_nothing, fixture) {
    auto database = open();
    database.run_script("CREATE TABLE t (a bigint PRIMARY KEY)");
    auto const insert = [&](std::int64_t number) {
        database.prepare("INSERT INTO t VALUES (?)").number(number).send();
    };
    {
        transaction batch(database);
        insert(1);
        insert(2);
        batch.commit();
    }
    auto const fails = [&] {
        transaction batch(database);
        insert(3);
        insert(2);
        insert(4);
        batch.commit();
    };
    BOOST_CHECK_EXCEPTION(fails(), error, [](error const& failure) {
        return contains(failure.what(),
                        "duplicate key"); // the first that failed, not what followed
    });
    BOOST_TEST(ask(database, "SELECT count(*) FROM t") == 2);
    {
        transaction const abandoned(database);
        insert(5);
    }
    BOOST_TEST(ask(database, "SELECT count(*) FROM t") == 2);
}

BOOST_FIXTURE_TEST_CASE(an_error_shows_no_value, fixture) {
    auto database = open();
    database.run_script("CREATE TABLE t (a text PRIMARY KEY)");
    database.prepare("INSERT INTO t VALUES (?)").text("s3cret").run();
    try {
        database.prepare("INSERT INTO t VALUES (?)").text("s3cret").run();
        BOOST_ERROR("stored twice");
    } catch (error const& failure) {
        BOOST_TEST(!contains(failure.what(), "s3cret"));
    }
}

BOOST_FIXTURE_TEST_CASE(one_that_is_only_read_cannot_be_changed, fixture) {
    open().run_script("CREATE TABLE t (a bigint)");
    auto reader = open(mode::read_only);
    BOOST_TEST(ask(reader, "SELECT count(*) FROM t") == 0);
    BOOST_TEST(contains(refusal_of(reader, "INSERT INTO t VALUES (1)"), "read-only"));
}

BOOST_FIXTURE_TEST_CASE(one_that_hangs_is_away_in_time_and_there_again_afterwards, fixture) {
    auto database = open();
    BOOST_TEST(ask(database, "SELECT 1") == 1);
    {
        stopped const now(cluster);
        BOOST_CHECK_THROW(ask(database, "SELECT 1"), away);
        auto other = open(); // its kernel takes the connection, and nobody answers
        BOOST_CHECK_THROW(ask(other, "SELECT 1"), away);
    }
    BOOST_TEST(eventually([&] { return refusal_of(database, "SELECT 1").empty(); }));
}

BOOST_FIXTURE_TEST_CASE(after_a_restart_the_first_statement_works, fixture) {
    auto database = open();
    database.run_script("CREATE TABLE t (a bigint)");
    auto const insert = [&] { database.prepare("INSERT INTO t VALUES (?)").number(1).run(); };
    insert();
    auto const before = database.session();
    {
        crashed const meanwhile(cluster);
    }
    insert();
    BOOST_TEST(database.session() == before + 1);
    BOOST_TEST(ask(database, "SELECT count(*) FROM t") == 2);
}

BOOST_FIXTURE_TEST_CASE(while_it_is_not_there_each_statement_says_so, fixture) {
    auto database = open();
    BOOST_TEST(ask(database, "SELECT 1") == 1);
    {
        crashed const now(cluster);
        BOOST_CHECK_THROW(ask(database, "SELECT 1"), away);
        BOOST_CHECK_THROW(ask(database, "SELECT 1"), away);
        BOOST_CHECK_THROW(transaction const change(database), away);
    }
    BOOST_TEST(eventually([&] { return refusal_of(database, "SELECT 1").empty(); }));
}

BOOST_FIXTURE_TEST_CASE(a_transaction_does_not_go_on_in_another_session, fixture) {
    auto database = open();
    database.run_script("CREATE TABLE t (a bigint)");
    transaction change(database);
    auto const insert = [&] { database.prepare("INSERT INTO t VALUES (1)").run(); };
    insert();
    cluster.query(address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                           "application_name = 'trafikito-server'");
    BOOST_CHECK_THROW(insert(), error);
    BOOST_CHECK_THROW(insert(), error);
    BOOST_CHECK_THROW(change.commit(), error);
    BOOST_TEST(cluster.query(address, "SELECT count(*) FROM t") == "0");
}

BOOST_FIXTURE_TEST_CASE(what_somebody_else_locked_is_busy_in_time, fixture) {
    auto database = open();
    database.run_script("CREATE TABLE t (a bigint)");
    auto other = open();
    {
        transaction const holds(other);
        other.run_script("LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
        BOOST_CHECK_THROW(ask(database, "SELECT count(*) FROM t"), busy);
    }
    BOOST_TEST(ask(database, "SELECT count(*) FROM t") == 0);
}

BOOST_FIXTURE_TEST_CASE(it_can_be_interrupted_from_another_thread, fixture) {
    patience.answer = 60s;
    auto database = open();
    BOOST_TEST(ask(database, "SELECT 1") == 1);
    auto waiting =
        std::async(std::launch::async, [&] { return refusal_of(database, "SELECT pg_sleep(50)"); });
    BOOST_TEST(eventually([&] {
        return cluster.query(address, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                      "'%sleep(50)%' AND pid <> pg_backend_pid()") == "1";
    }));
    database.interrupt();
    BOOST_TEST(contains(waiting.get(), "stopping"));
    BOOST_CHECK_THROW(ask(database, "SELECT 1"), error);
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_is_said, fixture) {
    auto database = open();
    database.run_script("CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE "
                        "'no room' USING ERRCODE = 'disk_full'; END $$");
    BOOST_CHECK_THROW(ask(database, "SELECT CAST(fill() AS TEXT)"), full);
    database.run_script("CREATE FUNCTION harm() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE "
                        "'bad page' USING ERRCODE = 'data_corrupted'; END $$");
    BOOST_CHECK_THROW(ask(database, "SELECT CAST(harm() AS TEXT)"), damaged);
}

/// The database of that name lets nobody in without the right password, from now on.
void ask_for_password(postgres_cluster const& cluster, std::string const& name) {
    auto const admin = cluster.address_of("postgres");
    auto const rules = cluster.query(admin, "SELECT pg_read_file('pg_hba.conf')");
    cluster.query(admin, "CREATE TABLE rules (line text)");
    cluster.query(admin, "INSERT INTO rules VALUES ('local " + name + " all scram-sha-256'), ($$" +
                             rules + "$$)");
    cluster.query(admin, R"(COPY rules TO PROGRAM 'sed ''s/\\n/\n/g'' >pg_hba.conf')");
    cluster.query(admin, "DROP TABLE rules");
    cluster.query(admin, "SELECT pg_reload_conf()");
}

BOOST_AUTO_TEST_CASE(who_is_not_let_in_is_told_what_to_do) {
    postgres_cluster cluster;
    auto const with = [&](std::string const& database, std::string const& user) {
        auto address = cluster.address_of(database);
        auto const begin = address.find("//") + 2;
        address.replace(begin, address.find('@') - begin, user);
        trafikito::server::database::postgres opened(address);
        return refusal_of(opened, "SELECT 1");
    };
    auto const user = cluster.query(cluster.address_of("postgres"), "SELECT current_user");
    auto const unknown = with("no%20such", user);
    BOOST_TEST(contains(unknown, R"(cannot be used: database "no such" does not exist)"), unknown);
    BOOST_TEST(contains(unknown, "`createdb -O " + user + " 'no such'`"), unknown);
    BOOST_TEST(!contains(unknown, "away"), unknown);
    auto const nobody = with("postgres", "nobody");
    BOOST_TEST(contains(nobody, R"(cannot be used: role "nobody" does not exist)"), nobody);
    BOOST_TEST(contains(nobody, "`createuser -P nobody`"), nobody);

    auto const address = cluster.new_database();
    auto const name = cluster.query(address, "SELECT current_database()");
    cluster.query(address, "CREATE ROLE guarded LOGIN PASSWORD 'right'");
    ask_for_password(cluster, name);
    BOOST_TEST(eventually([&] { return contains(with(name, "guarded"), "wants a password"); }));
    auto const none = with(name, "guarded");
    BOOST_TEST(contains(none, "~/.pgpass"), none);
    BOOST_TEST(!contains(none, "away"), none);
    auto const wrong = with(name, "guarded:wr0ng");
    BOOST_TEST(contains(wrong, "cannot be used: password authentication failed"), wrong);
    BOOST_TEST(contains(wrong, "PGPASSWORD"), wrong);
    BOOST_TEST(!contains(wrong, "wr0ng"), wrong);
    cluster.query(cluster.address_of("postgres"),
                  "REVOKE CONNECT ON DATABASE " + name + " FROM PUBLIC");
    auto const barred = with(name, "guarded:right");
    BOOST_TEST(contains(barred, "GRANT CONNECT"), barred);
}

/// Lets one client in, and says that it is PostgreSQL 13.
void be_an_old_server(boost::asio::local::stream_protocol::acceptor& at) {
    boost::asio::local::stream_protocol::socket client(at.get_executor());
    at.accept(client);
    std::array<unsigned char, 4> size{};
    boost::asio::read(client, boost::asio::buffer(size));
    std::vector<char> start((static_cast<std::size_t>(size[2]) << 8U) + size[3] - size.size());
    boost::asio::read(client, boost::asio::buffer(start));
    using namespace std::string_view_literals; // AuthenticationOk, ParameterStatus, ReadyForQuery
    boost::asio::write(client, boost::asio::buffer("R\0\0\0\x08\0\0\0\0"
                                                   "S\0\0\0\x18server_version\0"
                                                   "13.9\0"
                                                   "Z\0\0\0\x05I"sv));
    boost::system::error_code gone;
    boost::asio::read(client, boost::asio::buffer(start), gone);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_too_old_is_named) {
    trafikito::test::temporary_directory const place;
    boost::asio::io_context context;
    boost::asio::local::stream_protocol::acceptor at(
        context, boost::asio::local::stream_protocol::endpoint(place.path() / ".s.PGSQL.5432"));
    auto old = std::async(std::launch::async, [&] { be_an_old_server(at); });
    trafikito::server::database::postgres database(
        "postgresql://user@/x?host=" + place.path().string(), mode::read_only);
    auto const refusal = refusal_of(database, "SELECT 1");
    BOOST_TEST(contains(refusal, "PostgreSQL 13.9, and 14 or newer is needed"), refusal);
    old.wait();
}

BOOST_AUTO_TEST_CASE(where_there_is_none_the_password_is_not_said) {
    for (auto const* address :
         {"postgresql://user:s3cret@127.0.0.1:1/x", "postgresql://user:s3cret@/x?host=/nowhere",
          "postgresql://user:s3cret@nowhere.invalid/x"}) {
        trafikito::server::database::postgres database(address);
        auto const refusal = refusal_of(database, "SELECT 1");
        BOOST_TEST(contains(refusal, "cannot be reached"));
        BOOST_TEST(!contains(refusal, "s3cret"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
