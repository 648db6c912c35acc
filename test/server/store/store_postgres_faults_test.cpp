// The store on a PostgreSQL that fails it: cut off at the worst moment, locked by somebody else, on
// a full disk, gone and back.
#include "server/store/store.hpp"

#include "net/api/report.hpp"
#include "server/store/postgres_engine.hpp"
#include "test/exec/forked.hpp"
#include "test/server/database/cutting_proxy.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/contains.hpp"
#include "test/support/eventually.hpp"
#include "test/support/postgres_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <iostream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using server::database::postgres_patience;
using server::security::sha256;
using test::contains;
using test::cutting_proxy;
using test::eventually;
using test::postgres_cluster;

kept::store open_at(std::string const& address, postgres_patience patience = {}) {
    return {std::make_unique<kept::postgres_engine>(address, kept::access::read_write, patience),
            kept::access::read_write, [] { return std::chrono::system_clock::now(); }};
}

bool add(kept::store& to, std::string_view id = {}, std::size_t bytes = 1) {
    std::string const output(bytes, 'x');
    kept::report_facts facts;
    facts.report_id = id;
    return to.add_report("s", {{{"trafikito_x", output}}, {}}, facts).has_value();
}

bool can_add(kept::store& to) {
    try {
        return add(to);
    } catch (kept::store_error const&) {
        return false;
    }
}

struct fixture {
    postgres_cluster& cluster = postgres_cluster::shared();
    std::string address = cluster.new_database();
    kept::store store =
        open_at(address, {.connect = 1s, .answer = 1s, .lock = 200ms, .between_tries = 10ms});

    fixture() {
        store.add_server("s", "s", sha256("1"));
        add(store);
    }
    [[nodiscard]] std::int64_t count() const {
        return std::stoll(cluster.query(address, "SELECT count(*) FROM reports"));
    }
};

BOOST_AUTO_TEST_SUITE(store_postgres_faults, *boost::unit_test::precondition(test::with_postgres()))

BOOST_FIXTURE_TEST_CASE(cut_off_before_the_answer_to_commit_it_is_known_when_it_comes_again,
                        fixture) {
    cutting_proxy proxy(cluster.directory());
    auto const name = address.substr(0, address.find('?'));
    auto behind = open_at(name + "?host=" + proxy.directory().string(), {.between_tries = 10ms});
    BOOST_TEST(eventually([&] { return can_add(behind); }));
    auto const before = count();
    proxy.cut_next(cutting_proxy::cut::before_its_answer);
    BOOST_CHECK_EXCEPTION(add(behind, "id"), server::database::away, [](auto const& failure) {
        return contains(failure.what(), "may have been done");
    });
    BOOST_TEST(count() == before + 1);
    BOOST_TEST(eventually([&] {
        try {
            return !add(behind, "id");
        } catch (server::database::away const&) {
            return false;
        }
    }));
    BOOST_TEST(count() == before + 1);
}

BOOST_FIXTURE_TEST_CASE(cut_off_before_commit_nothing_is_half_there, fixture) {
    cutting_proxy proxy(cluster.directory());
    auto const name = address.substr(0, address.find('?'));
    auto behind = open_at(name + "?host=" + proxy.directory().string(), {.between_tries = 10ms});
    BOOST_TEST(eventually([&] { return can_add(behind); }));
    auto const before = count();
    proxy.cut_next(cutting_proxy::cut::before_commit);
    BOOST_CHECK_THROW(add(behind, "id"), server::database::away);
    BOOST_TEST(count() == before);
    BOOST_TEST(eventually([&] {
        try {
            return add(behind, "id");
        } catch (server::database::away const&) {
            return false;
        }
    }));
    BOOST_TEST(count() == before + 1);
    BOOST_TEST(cluster.query(address, "SELECT count(*) FROM servers WHERE kept_bytes = (SELECT "
                                      "sum(bytes) FROM reports)") == "1");
}

BOOST_FIXTURE_TEST_CASE(a_table_that_somebody_else_locked_is_busy, fixture) {
    auto const other = std::make_unique<server::database::postgres>(address);
    {
        server::database::transaction holds(*other, server::database::holding::shared);
        other->run_script("LOCK TABLE reports IN ACCESS EXCLUSIVE MODE");
        BOOST_CHECK_THROW(add(store), kept::store_busy);
        BOOST_CHECK_THROW(store.last_reports("s", 1), kept::store_busy);
    }
    BOOST_TEST(add(store));
}

BOOST_FIXTURE_TEST_CASE(a_partition_in_use_is_taken_out_another_time, fixture) {
    store.set({.keep = 1h});
    cluster.query(address, "SELECT trafikito_make_day('reports', 10)");
    auto const is_there = [&] {
        return cluster.query(
                   address, "SELECT count(*) FROM pg_class WHERE relname = 'reports_1970_01_11'") ==
               "1";
    };
    auto const other = std::make_unique<server::database::postgres>(address);
    {
        server::database::transaction reads(*other, server::database::holding::shared);
        other->prepare("SELECT count(*) FROM reports").run();
        while (store.forget_what_is_old()) {
        }
        BOOST_TEST(is_there());
        BOOST_TEST(add(store));
    }
    BOOST_TEST(eventually([&] {
        store.forget_what_is_old();
        return !is_there();
    }));
}

BOOST_FIXTURE_TEST_CASE(gone_and_back_it_goes_on_and_keeps_house, fixture) {
    cluster.crash();
    BOOST_TEST(!can_add(store));
    cluster.start();
    BOOST_TEST(eventually([&] { return can_add(store); }));
    BOOST_TEST(count() == 2);
    cluster.query(address, "SELECT trafikito_make_day('reports', 10)");
    BOOST_TEST(eventually([&] {
        store.forget_what_is_old();
        return cluster.query(address, "SELECT count(*) FROM kept_days WHERE day = 10") == "0";
    }));
}

/// On a disk of its own, in a mount namespace that ends with the process; which step failed.
int on_a_full_disk() {
    test::temporary_directory const disk;
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", disk.path().c_str(), "tmpfs", 0, "size=24m,mode=0777") != 0) {
        return 255;
    }
    ::chmod(disk.path().c_str(), 0777); // NOLINT
    postgres_cluster cluster;
    auto const address = cluster.address_of("small");
    auto const postgres = cluster.address_of("postgres");
    auto const place = disk.path() / "space";
    std::filesystem::create_directory(place);
    auto const* const data = "data";
    struct stat of{};
    if (::stat((cluster.directory() / data).c_str(), &of) != 0 ||
        ::chown(place.c_str(), of.st_uid, of.st_gid) != 0) {
        return 2;
    }
    cluster.query(postgres, "CREATE TABLESPACE small LOCATION '" + place.string() + "'");
    cluster.query(postgres, "CREATE DATABASE small TABLESPACE small");
    auto store = open_at(address);
    store.add_server("s", "s", sha256("1"));
    int stored = 0;
    for (bool full = false; !full && stored < 2000;) {
        try {
            std::string output(20'000, 'x'); // that cannot be packed
            for (auto& c : output) {
                c = static_cast<char>(std::rand());
            }
            stored += store.add_report("s", {{{"trafikito_x", output}}, {}}).has_value() ? 1 : 0;
        } catch (kept::store_full const&) {
            full = true;
        }
    }
    if (stored < 20 || stored == 2000) {
        std::cerr << "stored " << stored << '\n';
        return 3;
    }
    if (store.count_reports("s") != stored) {
        return 4;
    }
    if (::mount("none", disk.path().c_str(), "tmpfs", MS_REMOUNT, "size=48m") != 0) {
        return 5;
    }
    return add(store, {}, 20'000) && store.count_reports("s") == stored + 1 ? 0 : 6;
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_said_and_what_was_accepted_stays) {
    if (test::root_for("a disk of its own")) {
        BOOST_TEST(test::forked(on_a_full_disk) == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
