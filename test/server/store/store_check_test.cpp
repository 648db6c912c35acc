// A byte of a report that changed on the disk before it was packed: it is found, said where it is
// read, and in nobody's way.
#include "server/store/store_check.hpp"

#include "net/api/report.hpp"
#include "server/store/copying.hpp"
#include "server/store/packer.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/contains.hpp"
#include "test/support/eventually.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using kept::access;
using test::contains;

struct fixture : test::store_fixture {
    static std::string output_of(int number) {
        return "output " + std::to_string(number) + ' ' + std::string(3000, 'x');
    }
    static void add(kept::store& to, std::string_view server, int number) {
        auto const output = output_of(number);
        kept::report_facts facts;
        facts.results = "[]";
        to.add_report(server, {{{"trafikito_x", output}}, {}}, facts);
    }
    kept::store filled(int reports) {
        auto store = open();
        for (char const* const id : {"s", "t"}) {
            store.add_server(id, id, server::security::sha256(id));
        }
        for (int number = 1; number <= reports; ++number) {
            now += 1s;
            add(store, number % 2 == 1 ? "s" : "t", number);
        }
        return store;
    }
    /// What a disk does.
    void flip_a_byte(std::int64_t report) const {
        auto const raw = connect_raw();
        std::string body;
        {
            auto query = raw->prepare("SELECT body FROM reports WHERE id = ?");
            BOOST_REQUIRE(query.number(report).step());
            body = query.bytes_at(0);
        }
        body.at(body.size() / 2) = static_cast<char>(body.at(body.size() / 2) ^ 4);
        BOOST_REQUIRE(raw->prepare("UPDATE reports SET body = ? WHERE id = ?")
                          .blob(body)
                          .number(report)
                          .run() == 1);
    }
    static std::string fault_of(kept::store& store) {
        auto const found = store.verify(1h);
        BOOST_TEST(found.whole);
        BOOST_REQUIRE(found.faults.size() == 1U);
        return found.faults.front();
    }
    /// All of both servers, but for the one that is damaged.
    static void check_reading(kept::store& store, std::int64_t damaged, std::size_t reports) {
        std::size_t read = 0;
        for (char const* const id : {"s", "t"}) {
            for (auto const& row : store.last_reports(id, 1000)) {
                ++read;
                if (row.id != damaged) {
                    BOOST_TEST(store.outputs(row).at(0).bytes ==
                               output_of(static_cast<int>(row.id)));
                    BOOST_TEST(store.results(row) == "[]");
                    continue;
                }
                auto const names_it = [&](kept::store_damaged const& said) {
                    return contains(said.what(), "report " + std::to_string(damaged)) &&
                           contains(said.what(), "check --full");
                };
                BOOST_CHECK_EXCEPTION(store.outputs(row), kept::store_damaged, names_it);
                BOOST_CHECK_EXCEPTION(store.results(row), kept::store_damaged, names_it);
            }
        }
        BOOST_TEST(read == reports);
    }
};

BOOST_AUTO_TEST_SUITE(store_check)

TRAFIKITO_STORE_TEST_CASE(a_flipped_byte_of_a_fresh_report_is_found_and_said_where_it_is_read) {
    auto store = filled(9);
    BOOST_TEST(store.verify(1h).faults.empty());
    flip_a_byte(5);
    BOOST_TEST(contains(fault_of(store), "server s, report 5 cannot be read: "));
    check_reading(store, 5, 9);
    BOOST_TEST(store.check(1min)); // no reason not to serve
}

TRAFIKITO_STORE_TEST_CASE(the_packer_leaves_it_and_packs_all_others) {
    auto store = filled(20);
    flip_a_byte(5);
    now += 2h;
    boost::asio::io_context serving;
    {
        kept::store_thread writing(serving.get_executor(), store);
        kept::packer packing(
            writing,
            [&] {
                return std::make_unique<kept::store>(open_engine(access::read_only),
                                                     access::read_only, [at = now] { return at; });
            },
            20ms);
        BOOST_TEST(test::eventually([&] {
            return ask_raw("SELECT count(*) FROM reports") == 1 && !packing.fault().empty();
        }));
        BOOST_TEST(contains(packing.fault(), "report 5 of server s cannot be read and stays"));
        BOOST_TEST(packing.stop(10s));
        BOOST_TEST(writing.stop(10s));
    }
    auto after = open();
    BOOST_TEST(ask_raw("SELECT count(*) FROM blocks") == 2);
    BOOST_TEST(ask_raw("SELECT id FROM reports") == 5);
    check_reading(after, 5, 20);
    BOOST_TEST(contains(fault_of(after), "server s, report 5 cannot be read: "));
}

TRAFIKITO_STORE_TEST_CASE(what_comes_after_it_is_not_packed_one_by_one) {
    auto store = filled(9);
    flip_a_byte(5);
    now += 2h;
    kept::unreadable_reports left_out;
    auto const is_due = [&] {
        return store.has_enough_to_pack("s", store.first_young_report(), left_out);
    };
    BOOST_TEST(is_due());
    BOOST_TEST(store.replace_by_block(store.pack_oldest("s", left_out).value()));
    BOOST_TEST(!is_due());
    for (int number = 10; number < 69; ++number) {
        add(store, "s", number);
    }
    BOOST_TEST(!is_due());
    add(store, "s", 69);
    BOOST_TEST(is_due());
    BOOST_TEST(store.pack_oldest("s", left_out).value().reports.size() == 60U);
}

TRAFIKITO_STORE_TEST_CASE(a_copy_takes_it_as_it_is_and_names_it_as_well) {
    auto store = filled(9);
    flip_a_byte(5);
    for (auto const of : test::each_engine) {
        test::engine_of_case const about(of);
        if (!about.is_here()) {
            continue;
        }
        test::store_place const to;
        {
            auto const source = open_engine(access::read_only);
            auto const target = to.open_engine(access::read_write);
            BOOST_TEST(kept::copy_all(*source, *target, kept::copy_way::in_steps).reports == 9);
        }
        kept::store copy(to.open_engine(access::read_only), access::read_only,
                         [this] { return now; });
        BOOST_TEST(contains(fault_of(copy), "server s, report 5 cannot be read: "));
        check_reading(copy, 5, 9);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
