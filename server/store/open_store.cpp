#include "server/store/open_store.hpp"

#include "server/store/postgres_engine.hpp"
#include "server/store/sqlite_engine.hpp"

namespace trafikito::server::store {

std::unique_ptr<engine> open_engine(std::string const& where, database::access wanted) {
    if (database::is_postgres_address(where)) {
        return std::make_unique<postgres_engine>(where, wanted);
    }
    return std::make_unique<sqlite_engine>(where, wanted);
}

} // namespace trafikito::server::store
