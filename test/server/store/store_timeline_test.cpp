// Reports of a server by the time of their data: as they came, packed, and late.
#include "net/api/report.hpp"
#include "server/store/report_pack.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using order = kept::store::first_come;

struct fixture : test::store_fixture {
    base::wall_time begun = now;
    kept::store store = open();

    fixture() { store.add_server("s", "s", server::security::sha256("s")); }

    void add(std::optional<base::wall_time> collected = {}) {
        kept::report_facts facts;
        facts.collected = collected;
        store.add_report("s", {{{"trafikito_x", "text"}}, {}}, facts);
    }
    /// So many are packed.
    void pack_all() {
        kept::unreadable_reports left_out;
        while (auto const one = store.pack_oldest("s", left_out)) {
            BOOST_REQUIRE(store.replace_by_block(*one));
        }
    }
    /// Minutes since the beginning of the data of what is found.
    std::vector<int> found(int from, int to, std::int64_t count, order by) {
        std::vector<int> all;
        for (auto const& one :
             store.reports_in("s", begun + from * 1min, begun + to * 1min, count, by)) {
            all.push_back(static_cast<int>((one.data_time() - begun) / 1min));
        }
        return all;
    }
};

using minutes = std::vector<int>;

BOOST_AUTO_TEST_SUITE(store_timeline)

BOOST_DATA_TEST_CASE(they_are_found_wherever_they_lie, test::each_engine, engine) {
    test::engine_of_case const about(engine);
    if (!about.is_here()) {
        return;
    }
    fixture kept;
    // 300 minutes: two blocks of 128 and fresh ones; every tenth comes eight minutes late.
    for (int minute = 0; minute < 300; ++minute) {
        kept.now = kept.begun + minute * 1min;
        if (minute % 10 != 5) {
            kept.add();
        }
        if (minute % 10 == 3 && minute > 10) {
            kept.add(kept.now - 8min);
        }
        if (minute == 270) {
            kept.pack_all();
        }
    }
    BOOST_TEST(kept.ask_raw("SELECT count(*) FROM blocks") >= 2);
    BOOST_TEST(kept.ask_raw("SELECT count(*) FROM reports") >= 20);
    BOOST_TEST(kept.found(100, 104, 100, order::newest) == (minutes{104, 103, 102, 101, 100}),
               boost::test_tools::per_element());
    BOOST_TEST(kept.found(0, 300, 3, order::newest) == (minutes{299, 298, 297}),
               boost::test_tools::per_element());
    BOOST_TEST(kept.found(0, 116, 2, order::newest) == (minutes{116, 115}),
               boost::test_tools::per_element()); // the late one in its place
    BOOST_TEST(kept.found(115, 300, 2, order::oldest) == (minutes{115, 116}),
               boost::test_tools::per_element());
    BOOST_TEST(kept.found(268, 300, 4, order::oldest) == (minutes{268, 269, 270, 271}),
               boost::test_tools::per_element());
    BOOST_TEST(kept.found(-5, -1, 4, order::oldest).empty());
    BOOST_TEST(kept.found(0, 300, 1000, order::oldest).size() == 299U); // one is still on its way
    BOOST_TEST(kept.found(0, 300, 1000, order::newest).size() == 299U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
