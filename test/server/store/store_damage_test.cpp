// Files that are no database any more, or another program's, and databases that another process
// holds.
#include "net/api/report.hpp"
#include "server/store/store.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;

struct fixture {
    test::temporary_directory directory;
    std::filesystem::path file = directory.path() / "trafikito.db";

    kept::store open(kept::access wanted = kept::access::read_write) {
        return {file, wanted, [] { return std::chrono::system_clock::now(); }};
    }
    void fill(int reports = 200) {
        auto store = open();
        store.add_server("s", "s", server::security::sha256("1"));
        std::string const output(2000, 'x');
        for (int i = 0; i < reports; ++i) {
            store.add_report("s", {{{"trafikito_x", output}}, {}});
        }
    }
    void overwrite(std::streamoff from, std::size_t bytes) {
        std::fstream raw(file, std::ios::in | std::ios::out | std::ios::binary);
        raw.seekp(from);
        raw << std::string(bytes, '\x5A');
    }
};

bool says_what_to_do(kept::store_damaged const& failure) {
    std::string const what = failure.what();
    return what.find("trafikito.db cannot be used: ") != what.npos &&
           what.find(".recover") != what.npos && what.find("move it away") != what.npos;
}

BOOST_FIXTURE_TEST_SUITE(store_damage, fixture)

BOOST_AUTO_TEST_CASE(what_is_no_database_is_named_at_the_start) {
    for (auto const& content : {std::string(8192, 'x'), std::string("x"), std::string()}) {
        directory.write("trafikito.db", content);
        for (auto const wanted : {kept::access::read_write, kept::access::read_only}) {
            BOOST_CHECK_EXCEPTION(open(wanted), kept::store_damaged, says_what_to_do);
        }
        BOOST_TEST(test::read_file(file) == content);
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_database_is_found_when_it_is_looked_at) {
    fill();
    BOOST_TEST(open().check(1min));
    overwrite(8192, std::filesystem::file_size(file) - 8192);
    BOOST_CHECK_EXCEPTION(open().check(1min), kept::store_damaged, says_what_to_do);
}

BOOST_AUTO_TEST_CASE(a_truncated_database_is_found) {
    fill();
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    BOOST_CHECK_EXCEPTION(open().check(1min), kept::store_damaged, says_what_to_do);
}

BOOST_AUTO_TEST_CASE(what_was_not_looked_at_is_named_at_its_first_use) {
    fill();
    overwrite(8192, std::filesystem::file_size(file) - 8192);
    auto const use = [&] {
        auto store = open();
        for (auto const& each : store.last_reports("s", 1000)) {
            store.outputs(each);
        }
    };
    BOOST_CHECK_EXCEPTION(use(), kept::store_damaged, says_what_to_do);
}

BOOST_AUTO_TEST_CASE(a_look_that_takes_too_long_is_given_up) {
    fill(10);
    BOOST_TEST(!open().check(0ms));
}

BOOST_AUTO_TEST_CASE(a_damaged_log_costs_at_most_what_it_held) {
    fill(5);
    directory.write("trafikito.db-wal", std::string(20'000, 'x'));
    directory.write("trafikito.db-shm", std::string(32'768, 'x'));
    auto store = open();
    BOOST_TEST(store.check(1min));
    BOOST_TEST(store.last_reports("s", 100).size() == 5U);
}

bool add(kept::store& to) {
    return to.add_report("s", {{{"trafikito_x", "x"}}, {}}).has_value();
}

BOOST_AUTO_TEST_CASE(nothing_is_accepted_for_a_database_that_was_deleted_and_it_can_be_saved) {
    fill(1);
    auto store = open();
    BOOST_TEST(add(store));
    std::filesystem::remove(file);
    std::string saved;
    auto const names_what_it_has_open = [&](kept::store_misplaced const& failure) {
        std::string const what = failure.what();
        auto const begin = what.find("`cp ") + 4;
        saved = what.substr(begin, what.find(' ', begin) - begin);
        return what.find("was deleted") != what.npos;
    };
    BOOST_CHECK_EXCEPTION(add(store), kept::store_misplaced, names_what_it_has_open);
    BOOST_CHECK_THROW(store.data_version(), kept::store_misplaced);
    BOOST_CHECK_THROW(store.rename_server("s", "other"), kept::store_misplaced);
    BOOST_CHECK_THROW(store.forget_what_is_old(), kept::store_misplaced);
    BOOST_TEST(std::filesystem::file_size(file.string() + "-wal") == 0U);
    std::filesystem::copy_file(saved, file);
    BOOST_TEST(open().last_reports("s", 9).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_database_that_was_moved_away_goes_on_where_it_was_when_it_is_back) {
    fill(1);
    auto store = open();
    auto const elsewhere = directory.path() / "elsewhere";
    std::filesystem::rename(file, elsewhere);
    BOOST_CHECK_EXCEPTION(add(store), kept::store_misplaced, [&](auto const& failure) {
        std::string const what = failure.what();
        return what.find("`mv " + elsewhere.string() + " " + file.string()) != what.npos;
    });
    std::filesystem::rename(elsewhere, file);
    BOOST_TEST(add(store));
    BOOST_TEST(open().last_reports("s", 9).size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_that_is_put_in_its_place_gets_nothing_of_its_log) {
    fill(1);
    std::filesystem::copy_file(file, directory.path() / "backup");
    auto store = std::make_unique<kept::store>(open());
    BOOST_TEST(add(*store));
    std::filesystem::rename(directory.path() / "backup", file);
    BOOST_CHECK_EXCEPTION(add(*store), kept::store_misplaced, [](auto const& failure) {
        return std::string(failure.what()).find("restart the server") != std::string::npos;
    });
    store.reset();
    auto other = open();
    BOOST_TEST(other.check(1min));
    BOOST_TEST(other.last_reports("s", 9).size() == 1U);
    BOOST_TEST(add(other));
}

BOOST_AUTO_TEST_CASE(a_log_that_was_removed_costs_nothing_that_was_accepted) {
    for (std::vector<char const*> const& ends :
         {std::vector{"-wal"}, std::vector{"-shm"}, std::vector{"-wal", "-shm"}}) {
        std::filesystem::remove(file);
        fill(1);
        auto store = std::make_unique<kept::store>(open());
        BOOST_TEST(add(*store));
        for (auto const* end : ends) {
            std::filesystem::remove(file.string() + end);
        }
        BOOST_CHECK_EXCEPTION(add(*store), kept::store_misplaced, [](auto const& failure) {
            std::string const what = failure.what();
            return what.find("is in the database: restart") != what.npos;
        });
        store.reset();
        auto again = open();
        BOOST_TEST(again.check(1min));
        BOOST_TEST(again.last_reports("s", 9).size() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_goes_in_the_middle_of_a_change_makes_it_none) {
    fill(1);
    server::database::sqlite database(file, kept::access::read_write);
    database.watch_files();
    server::database::transaction change(database);
    database.prepare("UPDATE servers SET name = 'x'").run();
    std::filesystem::remove(file);
    BOOST_CHECK_THROW(change.commit(), kept::store_misplaced);
}

BOOST_AUTO_TEST_CASE(a_log_without_its_database_is_named_and_not_given_to_a_new_one) {
    fill(1);
    directory.write("trafikito.db-wal", std::string(20'000, 'x'));
    std::filesystem::remove(file);
    BOOST_CHECK_EXCEPTION(open(), kept::store_misplaced, [](auto const& failure) {
        std::string const what = failure.what();
        return what.find("trafikito.db-wal") != what.npos &&
               what.find("put the database back") != what.npos;
    });
    BOOST_TEST(!std::filesystem::exists(file));
    directory.write("trafikito.db-wal", "");
    BOOST_CHECK_NO_THROW(open());
}

BOOST_AUTO_TEST_CASE(a_report_of_a_server_that_is_not_there_says_so) {
    auto store = open();
    BOOST_CHECK_THROW(add(store), kept::store_no_server);
    BOOST_CHECK_THROW(store.add_feedback("s", "code", "", ""), kept::store_no_server);
}

BOOST_AUTO_TEST_CASE(a_directory_in_its_place_is_said) {
    std::filesystem::create_directory(file);
    BOOST_CHECK_EXCEPTION(open(), kept::store_error, [](auto const& failure) {
        return std::string(failure.what()).find("it is a directory") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(another_programs_database_is_refused_and_not_touched) {
    for (char const* made : {"CREATE TABLE theirs (x)", "PRAGMA application_id = 7",
                             "CREATE TABLE theirs (x); PRAGMA user_version = 3"}) {
        std::filesystem::remove(file);
        {
            server::database::sqlite raw(file, kept::access::read_write);
            raw.run_script(made);
        }
        auto const before = test::read_file(file);
        for (auto const wanted : {kept::access::read_write, kept::access::read_only}) {
            BOOST_CHECK_EXCEPTION(open(wanted), kept::store_damaged, [](auto const& failure) {
                return std::string(failure.what()).find("another program") != std::string::npos;
            });
        }
        BOOST_TEST((test::read_file(file) == before));
    }
}

BOOST_AUTO_TEST_CASE(a_new_one_is_its_owners_alone_and_leaves_nothing_beside) {
    auto const before = ::umask(0);
    auto const store = open();
    ::umask(before);
    for (char const* end : {"", "-wal", "-shm"}) {
        auto const mode = std::filesystem::status(file.string() + end).permissions();
        BOOST_TEST(static_cast<unsigned>(mode) == 0600U);
    }
    BOOST_TEST(!std::filesystem::exists(file.string() + ".new"));
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_of_a_new_one_is_in_nobodys_way) {
    directory.write("trafikito.db.new", "half");
    BOOST_CHECK_NO_THROW(open());
    BOOST_TEST(!std::filesystem::exists(file.string() + ".new"));
}

BOOST_AUTO_TEST_CASE(a_transaction_of_another_process_is_named) {
    fill(1);
    server::database::sqlite other(file, kept::access::read_write);
    server::database::transaction const theirs(other);
    server::database::sqlite ours(file, kept::access::read_write, 50ms);
    BOOST_CHECK_THROW(server::database::transaction{ours}, kept::store_busy);
}

BOOST_AUTO_TEST_CASE(who_waits_for_another_process_can_be_interrupted) {
    fill(1);
    server::database::sqlite other(file, kept::access::read_write);
    server::database::transaction const theirs(other);
    server::database::sqlite ours(file, kept::access::read_write, 10min);
    std::atomic<bool> begun = false;
    std::atomic<bool> ended = false;
    std::thread waiting([&] {
        begun = true;
        try {
            server::database::transaction const change(ours);
        } catch (kept::store_error const&) {
            ended = true;
        }
    });
    while (!begun) {
        std::this_thread::yield();
    }
    ours.interrupt();
    waiting.join();
    BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(what_runs_without_end_can_be_interrupted_and_nothing_begins_after_it) {
    fill(1);
    server::database::sqlite ours(file, kept::access::read_write);
    std::atomic<bool> begun = false;
    std::thread working([&] {
        auto endless = ours.prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
                                    "n) SELECT count(*) FROM n");
        begun = true;
        BOOST_CHECK_THROW(endless.run(), kept::store_error);
    });
    while (!begun) {
        std::this_thread::yield();
    }
    ours.interrupt();
    working.join();
    BOOST_CHECK_THROW(ours.prepare("SELECT 1").run(), kept::store_error);
    BOOST_CHECK_THROW(server::database::transaction{ours}, kept::store_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
