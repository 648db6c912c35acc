#include "test/server/store/store_fixture.hpp"

#include "server/database/postgres.hpp"
#include "server/store/open_store.hpp"
#include "test/support/postgres_cluster.hpp"

#include <ostream>

namespace trafikito::test {

namespace {

engine_kind current = engine_kind::sqlite;

}

std::ostream& operator<<(std::ostream& out, engine_kind engine) {
    return out << (engine == engine_kind::sqlite ? "SQLite" : "PostgreSQL");
}

engine_of_case::engine_of_case(engine_kind engine) : engine_(engine) {
    current = engine;
}

engine_of_case::~engine_of_case() {
    current = engine_kind::sqlite;
}

bool engine_of_case::is_here() const {
    auto const missing = engine_ == engine_kind::postgres ? postgres_cluster::missing() : "";
    if (!missing.empty()) {
        BOOST_TEST_MESSAGE("skipped: " + missing);
    }
    return missing.empty();
}

boost::test_tools::assertion_result
with_postgres::operator()(boost::unit_test::test_unit_id /*unit*/) const {
    boost::test_tools::assertion_result here(postgres_cluster::missing().empty());
    here.message() << postgres_cluster::missing();
    return here;
}

store_place::store_place()
    : engine(current),
      where(engine == engine_kind::sqlite ? file.string()
                                          : postgres_cluster::shared().new_database()) {}

std::unique_ptr<server::store::engine>
store_place::open_engine(server::store::access wanted) const {
    return server::store::open_engine(where, wanted);
}

std::unique_ptr<server::database::connection>
store_place::connect_raw(server::store::access wanted) const {
    if (engine == engine_kind::postgres) {
        return std::make_unique<server::database::postgres>(where, wanted);
    }
    return std::make_unique<server::database::sqlite>(file, wanted);
}

void store_place::run_raw(std::string const& script) const {
    connect_raw()->run_script(script);
}

std::int64_t store_place::ask_raw(std::string_view sql) const {
    auto const raw = connect_raw(server::store::access::read_only);
    auto query = raw->prepare(sql);
    return query.step() ? query.number_at(0) : 0;
}

} // namespace trafikito::test
