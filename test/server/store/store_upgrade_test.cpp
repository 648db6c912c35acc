// A database of the last schema that is changed in place, and what becomes of it, on both engines.
#include "server/store/postgres_schema.hpp"
#include "server/store/sqlite_schema.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;
using server::security::sha256;

/// As schema 7 was: without what 8 added.
void go_back_to_seven(test::store_fixture const& place) {
    place.run_raw("DROP TABLE sessions; DROP TABLE devices; DROP TABLE links; DROP TABLE people; "
                  "DROP TABLE api_tokens; DROP TABLE series; DROP TABLE fresh_values; "
                  "DROP TABLE value_blocks;");
    if (place.engine == test::engine_kind::sqlite) {
        place.run_raw("ALTER TABLE servers DROP COLUMN tags; PRAGMA user_version = 7;");
    } else {
        place.run_raw("DROP TRIGGER server_changed ON servers;"
                      "ALTER TABLE servers DROP COLUMN tags;"
                      "CREATE CONSTRAINT TRIGGER server_changed AFTER UPDATE OF id, name ON "
                      "servers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
                      "trafikito_server_changed();"
                      "UPDATE trafikito_schema SET version = 7;");
    }
}

BOOST_AUTO_TEST_SUITE(store_upgrade)

BOOST_DATA_TEST_CASE(what_was_kept_is_there_afterwards, test::each_engine, engine) {
    test::engine_of_case const about(engine);
    if (!about.is_here()) {
        return;
    }
    test::store_fixture kept;
    kept.open().add_server("s", "web", sha256("key"));
    go_back_to_seven(kept);
    BOOST_CHECK_THROW(kept.open(server::store::access::read_only), server::store::store_error);
    auto store = kept.open();
    BOOST_TEST(store.find_server("s").value().name == "web");
    BOOST_TEST(store.find_server("s").value().tags.empty());
    BOOST_TEST(kept.ask_raw("SELECT count(*) FROM fresh_values") == 0);
    auto const version = store.roster_version();
    auto other = kept.open();
    other.set_tags("s", {"web", "berlin"});
    BOOST_TEST((store.roster_version() != version)); // also where only a trigger knows
    BOOST_TEST((store.find_server("s").value().tags == std::vector<std::string>{"web", "berlin"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
