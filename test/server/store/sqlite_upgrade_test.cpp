// A database of an earlier version and what becomes of it.
#include "server/store/sqlite_upgrade.hpp"

#include "net/api/report.hpp"
#include "server/store/store_check.hpp"
#include "test/exec/forked.hpp"
#include "test/server/store/old_database.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/system_call_filter.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <string>

namespace {

using namespace trafikito;
namespace fs = std::filesystem;
namespace kept = trafikito::server::store;
using server::database::sqlite;

struct fixture : test::store_fixture {
    fs::path copy_of(int version) const {
        return file.string() + ".schema" + std::to_string(version);
    }

    /// Of two servers: 150 reports of the one, every tenth of them late, and a call token each.
    static void make(int version, fs::path const& place) {
        sqlite raw(place, kept::access::read_write);
        test::make_old_database(raw, version);
        raw.run_script(
            "INSERT INTO servers (id, name, key_digest, created_at) VALUES ('s', 'one', x'01', 1), "
            "('t', 'other', x'02', 1);"
            "INSERT INTO calls (token, server_id, given_at) VALUES ('call', 's', 1799999999000);"
            "INSERT INTO feedback (server_id, received_at, code, message, details) "
            "VALUES ('s', 1799999999000, '12', 'm', 'd');"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) "
            "INSERT INTO reports (server_id, received_at, data_at, collected_at, took, report_id, "
            "results) SELECT 's', 1799990000000 + i * 60000, 1799990000000 + i * 60000 - (i % 10 = "
            "0) * 90000, CASE WHEN i % 10 = 0 THEN 1799990000000 + i * 60000 - 90000 END, i, "
            "'id-' || i, '[]' FROM n;"
            "INSERT INTO outputs (report_id, position, command, bytes) "
            "SELECT id, 0, 'c', 'bytes ' || id || char(10) FROM reports;"
            "INSERT INTO outputs (report_id, position, command, bytes) "
            "SELECT id, 1, 'c', randomblob(500) FROM reports;"
            "DELETE FROM reports WHERE id = 150");
    }
    static void check(kept::store& store) {
        auto const rows = store.last_reports("s", 1000);
        BOOST_REQUIRE(rows.size() == 149U);
        for (auto const& row : rows) {
            auto const outputs = store.outputs(row);
            BOOST_REQUIRE(outputs.size() == 2U);
            BOOST_TEST(outputs[0].bytes == "bytes " + std::to_string(row.id) + "\n");
            BOOST_TEST(outputs[1].bytes.size() == 500U);
            BOOST_TEST(row.report_id == "id-" + std::to_string(row.id));
            BOOST_TEST(row.collected.has_value() == (row.id % 10 == 0));
            BOOST_TEST(store.results(row) == "[]");
        }
        BOOST_TEST(rows.at(9).id == 10 - 1); // the late one stands before it
        BOOST_TEST(rows.at(8).id == 10);
        BOOST_TEST(store.knows_call("s", "call"));
        BOOST_TEST(store.feedback("s").size() == 1U);
        BOOST_TEST(store.find_server("t").value().name == "other");
        BOOST_TEST(store.verify(std::chrono::hours(1)).faults.empty());
    }
};

BOOST_FIXTURE_TEST_SUITE(sqlite_upgrade, fixture)

BOOST_AUTO_TEST_CASE(every_version_comes_over_with_all_that_it_holds) {
    for (int version = 2; version <= 6; ++version) {
        BOOST_TEST_CONTEXT("schema " << version) {
            fs::remove(file);
            make(version, file);
            int alive = 0;
            auto const done = kept::upgrade_database(file, [&] { ++alive; }).value();
            BOOST_TEST(done.from == version);
            BOOST_TEST(done.reports == 149);
            BOOST_TEST(alive > 0);
            BOOST_TEST(done.copy == copy_of(version));
            auto store = open();
            check(store);
            BOOST_TEST(!kept::upgrade_database(file).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_number_that_was_used_is_not_used_again) {
    make(2, file);
    auto store = open();
    BOOST_TEST(store.add_report("s", {{{"trafikito_x", "x"}}, {}}).value().number == 151);
}

BOOST_AUTO_TEST_CASE(the_old_one_stays_as_it_was_and_whose_it_was) {
    make(2, file);
    ::chmod(file.c_str(), 0600);
    struct stat before{};
    BOOST_REQUIRE(::stat(file.c_str(), &before) == 0);
    open();
    sqlite raw(copy_of(2), kept::access::read_only);
    auto query = raw.prepare("SELECT count(*), (SELECT user_version FROM pragma_user_version) "
                             "FROM outputs");
    BOOST_REQUIRE(query.step());
    BOOST_TEST(query.number_at(0) == 300);
    BOOST_TEST(query.number_at(1) == 2);
    struct stat after{};
    BOOST_REQUIRE(::stat(file.c_str(), &after) == 0);
    BOOST_TEST(after.st_mode == before.st_mode);
    BOOST_TEST(after.st_uid == before.st_uid);
    for (auto const& entry : fs::directory_iterator(directory.path())) {
        BOOST_TEST(!entry.path().string().ends_with(".new"), entry.path().string());
    }
}

BOOST_AUTO_TEST_CASE(while_somebody_has_it_open_nothing_happens) {
    make(2, file);
    {
        sqlite other(file, kept::access::read_only);
        auto query = other.prepare("SELECT count(*) FROM reports");
        BOOST_REQUIRE(query.step());
        BOOST_CHECK_EXCEPTION(
            kept::upgrade_database(file), kept::store_busy, [](auto const& thrown) {
                return std::string(thrown.what()).find("another process has it open") !=
                       std::string::npos;
            });
    }
    BOOST_TEST(!fs::exists(copy_of(2)));
    auto store = open();
    check(store);
}

BOOST_AUTO_TEST_CASE(what_a_log_holds_comes_with_it) {
    make(2, file);
    auto const apart = directory.path() / "crashed.db";
    {
        sqlite raw(file, kept::access::read_write);
        raw.run_script("PRAGMA wal_autocheckpoint = 0; UPDATE servers SET name = 'in the log'");
        BOOST_REQUIRE(fs::file_size(file.string() + "-wal") > 0U);
        fs::copy_file(file, apart);
        fs::copy_file(file.string() + "-wal", apart.string() + "-wal");
    }
    BOOST_TEST(kept::upgrade_database(apart).has_value());
    kept::store store(apart, kept::access::read_only, [this] { return now; });
    BOOST_TEST(store.find_server("s").value().name == "in the log");
}

BOOST_AUTO_TEST_CASE(a_link_to_it_stays_one) {
    auto const elsewhere = directory.path() / "elsewhere";
    fs::create_directory(elsewhere);
    make(2, elsewhere / "kept.db");
    fs::create_symlink(elsewhere / "kept.db", file);
    BOOST_TEST(kept::upgrade_database(file).value().copy == elsewhere / "kept.db.schema2");
    BOOST_TEST(fs::is_symlink(file));
    auto store = open();
    check(store);
}

BOOST_AUTO_TEST_CASE(a_copy_of_before_is_not_overwritten) {
    make(2, file);
    std::ofstream(copy_of(2)) << "another";
    BOOST_TEST(kept::upgrade_database(file).value().copy == copy_of(2).string() + ".2");
    std::string text;
    std::getline(std::ifstream(copy_of(2)), text);
    BOOST_TEST(text == "another");
}

BOOST_AUTO_TEST_CASE(what_an_interruption_left_is_in_nobodys_way) {
    make(2, file);
    std::ofstream(file.string() + ".new") << "half of something";
    fs::create_hard_link(file, copy_of(2)); // it was interrupted just before its last step
    BOOST_TEST(kept::upgrade_database(file).value().copy == copy_of(2));
    auto store = open();
    check(store);
}

BOOST_AUTO_TEST_CASE(where_there_are_no_hard_links_it_is_copied_and_nothing_overwritten) {
    make(2, file);
    sqlite(file, kept::access::read_write).run_script("PRAGMA journal_mode = DELETE");
    ::chmod(file.c_str(), 0600);
    auto const before = test::read_file(file);
    std::ofstream(copy_of(2)) << "another";
    auto const code = test::forked([&] {
        test::forbid_calls(test::hard_link_calls(), EPERM);
        auto const done = kept::upgrade_database(file).value();
        kept::store const made(directory.path() / "new.db", kept::access::read_write,
                               [this] { return now; });
        return done.copy.string().ends_with(".schema2.2") ? 0 : 3;
    });
    BOOST_TEST(code == 0);
    fs::path const copy(copy_of(2).string() + ".2");
    BOOST_TEST((test::read_file(copy) == before));
    BOOST_TEST(test::read_file(copy_of(2)) == "another");
    auto const mode = fs::status(copy).permissions();
    BOOST_TEST(static_cast<unsigned>(mode) == 0600U);
    for (auto const& entry : fs::directory_iterator(directory.path())) {
        auto const name = entry.path().string();
        BOOST_TEST(!(name.ends_with(".new") || name.ends_with(".part")), name);
    }
    auto store = open();
    check(store);
    kept::store made(directory.path() / "new.db", kept::access::read_only, [this] { return now; });
    BOOST_TEST(made.servers().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
