// What goes because all together takes too much of the disk, and how the disk gets it back.
#include "net/api/report.hpp"
#include "server/store/report_pack.hpp"
#include "server/store/store_check.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;

constexpr std::uint64_t mebibyte = 1024UL * 1024;

struct fixture : test::store_fixture {
    std::mt19937 random{1};

    kept::store open_with(std::uint64_t keep_size) {
        auto store = open();
        store.set({.keep = 24h, .keep_size = keep_size});
        for (char const* name : {"s", "t"}) {
            store.add_server(name, name, server::security::sha256(name));
        }
        return store;
    }
    /// Noise, which takes as much when it is packed.
    void add(kept::store& to, std::string_view server, std::size_t size = 100'000) {
        now += 1min;
        std::string bytes(size, '\0');
        for (auto& one : bytes) {
            one = static_cast<char>(random());
        }
        to.add_report(server, {{{"trafikito_x", bytes}}, {}});
    }
    static void pack(kept::store& to, std::string_view server) {
        kept::unreadable_reports none;
        while (auto const block = to.pack_oldest(server, none)) {
            BOOST_REQUIRE(to.replace_by_block(*block));
        }
    }
    static void tidy(kept::store& to) {
        while (to.tidy()) {
        }
    }
    std::uintmax_t size_of_file() const {
        server::database::sqlite raw(file, kept::access::read_write);
        raw.empty_log();
        return std::filesystem::file_size(file);
    }
};

BOOST_FIXTURE_TEST_SUITE(store_size, fixture)

BOOST_AUTO_TEST_CASE(beyond_the_size_the_oldest_go_whose_they_are) {
    auto store = open_with(2 * mebibyte);
    for (int number = 0; number < 15; ++number) {
        add(store, number < 5 ? "s" : "t");
    }
    add(store, "s");
    pack(store, "s");
    tidy(store);
    BOOST_TEST(store.used_bytes() > mebibyte); // no more than must
    for (int number = 0; number < 10; ++number) {
        add(store, "t");
    }
    tidy(store);
    BOOST_TEST(store.used_bytes() <= 2 * mebibyte);
    BOOST_TEST(store.last_reports("t", 1).front().id == store.last_report_id());
    auto const first = store.last_reports("t", 100).front().id;
    auto const of_the_other = first < 16 ? 1 : 0;
    BOOST_TEST(store.count_reports("t") == store.last_report_id() - first + 1 - of_the_other);
    BOOST_TEST(store.take_deletions().reports > 0);
    BOOST_TEST(store.verify(1h).faults.empty());
}

BOOST_AUTO_TEST_CASE(without_a_bound_nothing_goes) {
    auto store = open_with(0);
    for (int number = 0; number < 30; ++number) {
        add(store, "s");
    }
    tidy(store);
    BOOST_TEST(store.count_reports("s") == 30);
}

BOOST_AUTO_TEST_CASE(a_bound_that_nothing_fits_in_ends) {
    auto store = open_with(1);
    add(store, "s");
    tidy(store);
    BOOST_TEST(store.count_reports("s") == 0);
    BOOST_TEST(!store.tidy());
    add(store, "s");
    BOOST_TEST(store.count_reports("s") == 1);
}

BOOST_AUTO_TEST_CASE(the_disk_gets_back_what_went) {
    auto store = open_with(0);
    for (int number = 0; number < 100; ++number) {
        add(store, "s");
    }
    auto const before = size_of_file();
    BOOST_TEST(before > 9 * mebibyte);
    store.set({.keep = 24h, .keep_size = mebibyte});
    tidy(store);
    BOOST_TEST(size_of_file() < mebibyte + mebibyte / 4);
    BOOST_TEST(store.count_reports("s") > 0);
    BOOST_TEST(store.verify(1h).faults.empty());
}

BOOST_AUTO_TEST_CASE(a_report_that_had_to_go_is_known_for_two_days) {
    auto store = open_with(mebibyte);
    store.set({.keep = 24h * 30, .keep_size = mebibyte});
    kept::report_facts facts;
    facts.report_id = "first";
    auto const comes = [&] {
        return store.add_report("s", {{{"trafikito_x", "x"}}, {}}, facts).has_value();
    };
    BOOST_TEST(comes());
    for (int number = 0; number < 20; ++number) {
        add(store, "s");
    }
    tidy(store);
    BOOST_TEST(store.last_reports("s", 100).front().id > 1);
    BOOST_TEST(!comes());
    for (int day = 0; day < 4; ++day) {
        now += 24h;
        add(store, "s", 600'000);
        tidy(store);
    }
    BOOST_TEST(comes());
}

BOOST_AUTO_TEST_CASE(a_size_that_takes_most_is_told_before) {
    auto store = open_with(0);
    for (int number = 0; number < 40; ++number) {
        add(store, number % 2 == 0 ? "s" : "t");
    }
    BOOST_TEST(!store.would_forget_most({.keep = 24h, .keep_size = 100 * mebibyte}).has_value());
    BOOST_TEST(!store.would_forget_most({.keep = 24h, .keep_size = 3 * mebibyte}).has_value());
    auto const loss = store.would_forget_most({.keep = 24h, .keep_size = mebibyte}).value();
    BOOST_TEST(loss.by_size > 20);
    BOOST_TEST(loss.by_size < 40);
    BOOST_TEST(loss.machines == 2);
    store.set({.keep = 24h, .keep_size = mebibyte});
    tidy(store);
    auto const gone = store.take_deletions().reports;
    BOOST_TEST(std::abs(gone - loss.by_size) <= 2);
}

BOOST_AUTO_TEST_CASE(a_database_that_was_made_without_it_gives_nothing_back_and_is_fine) {
    open_with(0);
    {
        server::database::sqlite raw(file, kept::access::read_write);
        raw.run_script("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM");
    }
    auto store = open();
    for (int number = 0; number < 30; ++number) {
        add(store, "s");
    }
    store.set({.keep = 24h, .keep_size = mebibyte});
    tidy(store);
    BOOST_TEST(store.used_bytes() <= mebibyte);
    BOOST_TEST(size_of_file() > 2 * mebibyte);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
