#include "test/server/store/processes_fixture.hpp"

#include "net/api/report.hpp"

namespace trafikito::test {

bool processes_fixture::add(server::store::store& to, std::string_view server,
                            std::string_view id) {
    server::store::report_facts facts;
    facts.report_id = id;
    return to.add_report(server, {{{"trafikito_x", "x"}}, {}}, facts).has_value();
}

bool processes_fixture::can_add(server::store::store& to) {
    try {
        return add(to);
    } catch (server::store::store_busy const&) {
        return false;
    }
}

} // namespace trafikito::test
