#include "net/api/report.hpp"
#include "server/store/store.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using server::security::sha256;
using server::store::access;

struct fixture : test::store_place {
    base::wall_time now{std::chrono::seconds(1'800'000'000)};
    server::store::store store = open();

    server::store::store open() {
        return {open_engine(access::read_write), access::read_write, [this] { return now; }};
    }
    void report(std::string const& id, std::size_t size = 1) {
        std::string const output(size, 'x');
        net::api::parsed_report const sent{{{"trafikito_x", output}}, {}};
        BOOST_TEST(store.add_report(id, sent).has_value());
    }
};

BOOST_FIXTURE_TEST_SUITE(store_servers, fixture)

TRAFIKITO_STORE_TEST_CASE(a_removed_server_goes_with_all_that_it_sent) {
    BOOST_TEST(store.add_server("s", "name", sha256("key")));
    BOOST_TEST(store.add_server("other", "name", sha256("key 2")));
    for (int i = 0; i < 120; ++i) { // more than one bite
        report("s");
    }
    report("s", 5UL * 1024 * 1024); // and one that is more than a bite by itself
    report("other");
    store.order_given("s", {.token = "token", .from = {}, .facts = {}});
    BOOST_TEST(store.add_feedback("s", "code", "", ""));
    BOOST_TEST(store.count_reports("s") == 121);
    BOOST_TEST(store.remove_server("s"));
    BOOST_TEST(!store.find_server("s").has_value());
    BOOST_TEST(!store.find_server_by_key(sha256("key")).has_value());
    BOOST_TEST(store.servers().size() == 1U);
    BOOST_TEST(store.count_reports("s") == 0);
    BOOST_TEST(store.count_reports("other") == 1);
    BOOST_TEST(store.feedback("s").empty());
    BOOST_TEST(!store.knows_call("s", "token"));
    BOOST_TEST(!store.remove_server("s"));
    BOOST_TEST(!store.remove_server("nobody"));
}

TRAFIKITO_STORE_TEST_CASE(a_removed_server_is_known_by_its_key_as_one) {
    BOOST_TEST(store.add_server("s", "name", sha256("key")));
    BOOST_TEST(!store.find_removed("s").has_value());
    BOOST_TEST(store.remove_server("s"));
    auto const found = store.find_removed("s", sha256("key")).value();
    BOOST_TEST(found.id == "s");
    BOOST_TEST(found.name == "name");
    BOOST_TEST((found.removed == now));
    BOOST_TEST(store.find_removed_by_key(sha256("key")).value().id == "s");
    BOOST_TEST(!store.find_removed("s", sha256("wrong")).has_value());
    BOOST_TEST(!store.find_removed("t", sha256("key")).has_value());
}

TRAFIKITO_STORE_TEST_CASE(what_an_interrupted_removal_left_is_hidden_and_goes_later) {
    BOOST_TEST(store.add_server("s", "name", sha256("key")));
    report("s");
    run_raw("INSERT INTO removed_servers SELECT id, name, key_digest, 1 FROM servers");
    BOOST_TEST(store.servers().empty());
    BOOST_TEST(!store.find_server("s").has_value());
    BOOST_TEST(!store.rename_server("s", "x"));
    BOOST_TEST(!store.set_key("s", sha256("x")));
    store.finish_removals();
    BOOST_TEST(store.count_reports("s") == 0);
    BOOST_TEST(store.find_removed("s").has_value());
}

TRAFIKITO_STORE_TEST_CASE(the_administrators_word_takes_a_removal_back) {
    BOOST_TEST(store.add_server("s", "name", sha256("key")));
    BOOST_TEST(store.remove_server("s"));
    BOOST_TEST(store.add_server_anew("s", "again", sha256("key")));
    BOOST_TEST(store.find_server("s").value().name == "again");
    BOOST_TEST(!store.find_removed("s").has_value());
    BOOST_TEST(!store.add_server_anew("s", "twice", sha256("key 2")));
}

TRAFIKITO_STORE_TEST_CASE(a_server_is_renamed_and_gets_a_new_key) {
    BOOST_TEST(store.add_server("s", "name", sha256("key")));
    BOOST_TEST(store.add_server("t", "t", sha256("key of t")));
    BOOST_TEST(store.rename_server("s", "new"));
    BOOST_TEST(store.find_server("s").value().name == "new");
    BOOST_TEST(!store.rename_server("nobody", "new"));
    BOOST_TEST(store.set_key("s", sha256("new key")));
    BOOST_TEST(store.find_server_by_key(sha256("new key")).value().id == "s");
    BOOST_TEST(!store.find_server_by_key(sha256("key")).has_value());
    BOOST_TEST(!store.set_key("s", sha256("key of t")));
    BOOST_TEST(!store.set_key("nobody", sha256("x")));
}

TRAFIKITO_STORE_TEST_CASE(the_quota_that_is_served_is_there_for_others) {
    BOOST_TEST(store.machine_quota() == 0U);
    store.set_machine_quota(4096);
    store.set_machine_quota(8192);
    BOOST_TEST(open().machine_quota() == 8192U);
    BOOST_TEST(store.add_server("s", "name", sha256("key")));
    BOOST_TEST(!store.oldest_data("s").has_value());
    report("s");
    BOOST_TEST((store.oldest_data("s") == now));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
