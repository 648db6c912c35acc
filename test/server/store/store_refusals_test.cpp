#include "server/store/refusal.hpp"

#include "net/api/report.hpp"
#include "server/store/sqlite_schema.hpp"
#include "test/exec/forked.hpp"
#include "test/server/store/old_database.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using whose = kept::refusal::whose;

struct fixture : test::store_fixture {
    kept::refusal one(whose about, std::string name, std::string kind = "wrong_key",
                      std::string address = "192.0.2.7") const {
        return {about, std::move(name), std::move(kind), 1, now, now, std::move(address), "NO"};
    }
};

BOOST_FIXTURE_TEST_SUITE(store_refusals, fixture)

TRAFIKITO_STORE_TEST_CASE(they_add_up_by_server_and_kind_and_the_last_comes_first) {
    auto store = open();
    store.add_server("s", "name", {});
    auto const begun = now;
    store.note_refusals({one(whose::server, "s"), one(whose::server, "s", "too_large")});
    now += 1min;
    auto again = one(whose::server, "s", "wrong_key", "192.0.2.8");
    again.times = 7;
    store.note_refusals({again});
    auto const all = store.refusals(whose::server, "s");
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].kind == "wrong_key");
    BOOST_TEST(all[0].times == 8);
    BOOST_TEST((all[0].first == begun));
    BOOST_TEST((all[0].last == now));
    BOOST_TEST(all[0].address == "192.0.2.8");
    BOOST_TEST(all[1].kind == "too_large");
}

TRAFIKITO_STORE_TEST_CASE(
    of_a_server_that_is_not_there_nothing_is_kept_and_of_a_removed_one_nothing_stays) {
    auto store = open();
    store.add_server("s", "name", {});
    store.note_refusals({one(whose::server, "s"), one(whose::server, "t")});
    BOOST_TEST(store.refusals(whose::server, "t").empty());
    store.remove_server("s");
    BOOST_TEST(store.refusals(whose::server).empty());
}

TRAFIKITO_STORE_TEST_CASE(strangers_cannot_make_it_grow_nor_push_out_those_of_other_addresses) {
    auto store = open();
    store.note_refusals({one(whose::stranger, "of a neighbour", "wrong_key", "198.51.100.1")});
    for (int i = 0; i < 100; ++i) {
        now += 1s;
        store.note_refusals({one(whose::stranger, "id" + std::to_string(i)),
                             one(whose::address, "192.0.2." + std::to_string(i))});
    }
    BOOST_TEST(store.refusals(whose::stranger).size() == kept::max_strangers_of_address + 1);
    BOOST_TEST(store.refusals(whose::stranger, "of a neighbour").size() == 1U);
    BOOST_TEST(store.refusals(whose::stranger, "id99").size() == 1U);
    BOOST_TEST(store.refusals(whose::address).size() == kept::max_refused_addresses);
    for (int i = 0; i < 100; ++i) {
        now += 1s;
        store.note_refusals(
            {one(whose::stranger, "id" + std::to_string(i), "wrong_key", std::to_string(i))});
    }
    BOOST_TEST(store.refusals(whose::stranger).size() == kept::max_strangers);
}

TRAFIKITO_STORE_TEST_CASE(what_was_mended_and_happens_again_is_counted_anew) {
    auto store = open();
    store.add_server("s", "name", {});
    auto const times = [&] {
        store.note_refusals({one(whose::server, "s")});
        return store.refusals(whose::server, "s").at(0).times;
    };
    BOOST_TEST(times() == 1);
    now += 2h; // nothing came meanwhile
    BOOST_TEST(times() == 2);
    now += 1min; // beside another one that asks with its id
    store.add_report("s", {});
    now += 1min;
    BOOST_TEST(times() == 3);
    now += 1min;
    store.add_report("s", {});
    now += 2h;
    BOOST_TEST(times() == 1);
    BOOST_TEST((store.refusals(whose::server, "s").at(0).first == now));
}

TRAFIKITO_STORE_TEST_CASE(what_does_not_happen_again_is_forgotten) {
    auto store = open();
    store.add_server("s", "name", {});
    store.note_refusals({one(whose::server, "s")});
    now += kept::refusal_memory + 1s;
    store.note_refusals({});
    BOOST_TEST(store.refusals(whose::server, "s").empty());
}

constexpr char const* content_of_version_2 =
    "INSERT INTO servers (id, name, key_digest, created_at, last_report_at, last_data_at) "
    "VALUES ('s', 'old', x'01', 1, 1799999999000, 1799999999000);"
    "INSERT INTO reports (server_id, received_at, data_at) VALUES ('s', 1799999998000, "
    "1799999998000),"
    " ('s', 1799999999000, 1799999999000);"
    "INSERT INTO outputs (report_id, position, command, bytes) "
    "VALUES (2, 0, 'c', randomblob(20000));";

/// As one of the field is found: closed, with nothing beside it.
void make_version_2(std::filesystem::path const& file) {
    for (char const* end : {"", "-wal", "-shm", "-journal"}) {
        std::filesystem::remove(file.string() + end);
    }
    server::database::sqlite raw(file, kept::access::read_write);
    test::make_old_database(raw, 2);
    raw.run_script("PRAGMA journal_mode = WAL");
    raw.run_script(content_of_version_2);
}

int version_of(std::filesystem::path const& file) {
    server::database::sqlite raw(file, kept::access::read_only);
    auto query = raw.prepare("PRAGMA user_version");
    return query.step() ? static_cast<int>(query.number_at(0)) : -1;
}

void check_upgraded(kept::store& store) {
    auto const row = store.find_server("s").value();
    BOOST_TEST(row.name == "old");
    BOOST_TEST(row.kept_bytes > 20'000);
    BOOST_TEST(store.last_reports("s", 9).size() == 2U);
    BOOST_TEST(store.outputs(store.reports_after(1).at(0)).at(0).bytes.size() == 20'000U);
    BOOST_TEST(store.refusals(whose::server, "s").empty());
}

BOOST_AUTO_TEST_CASE(a_database_of_version_2_is_upgraded_at_the_start) {
    make_version_2(file);
    auto store = open();
    check_upgraded(store);
    BOOST_TEST(version_of(file) == kept::schema_version());
}

// The kernel kills the process at the very write that would make a file of its larger than that: of
// the log, at each of its pages, of the database, when the log is moved into it.
BOOST_AUTO_TEST_CASE(an_upgrade_that_is_killed_anywhere_is_made_whole_by_the_next_start) {
    int killed = 0;
    for (rlim_t limit = 0; limit <= 512UL * 1024; limit += 12UL * 1024) {
        make_version_2(file);
        int const ended = test::forked([&] {
            rlimit const bound{limit, limit};
            ::setrlimit(RLIMIT_FSIZE, &bound);
            std::signal(SIGXFSZ, SIG_DFL);
            rlimit const no_core{0, 0};
            ::setrlimit(RLIMIT_CORE, &no_core);
            open();
            return 0;
        });
        killed += ended == 0 ? 0 : 1;
        BOOST_TEST_CONTEXT("at " << limit << " bytes") {
            auto const found = version_of(file);
            BOOST_TEST((found == 2 || found == kept::schema_version()), found);
            auto store = open();
            check_upgraded(store);
        }
        if (ended == 0) {
            break;
        }
    }
    BOOST_TEST(killed > 3);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
