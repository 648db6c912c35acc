#include "test/server/people/machines_fixture.hpp"

#include "net/api/report.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

namespace trafikito::test {

using server::people::role;

machines_fixture::machines_fixture() : readers_token_(token_of(role::reader)) {
    BOOST_REQUIRE(kept.rename_server("srv-1", "web1"));
}

void machines_fixture::report(std::vector<std::pair<std::string, std::string>> const& outputs_of,
                              std::string const& results, std::optional<int> minutes_ago,
                              std::vector<server::values::taken_value> values) {
    net::api::parsed_report parsed;
    for (auto const& [name, bytes] : outputs_of) {
        parsed.sections.push_back({name, bytes});
    }
    server::store::report_facts facts;
    facts.results = results;
    facts.values = std::move(values);
    if (minutes_ago) {
        facts.collected = now - std::chrono::minutes(*minutes_ago);
    }
    BOOST_REQUIRE(kept.add_report("srv-1", parsed, facts));
}

boost::json::object machines_fixture::read(std::string const& target) {
    people_browser program("192.0.2.9", false);
    program.further.emplace_back("Authorization", "Bearer " + readers_token_);
    auto const answered = ask(program, "GET", target);
    BOOST_REQUIRE_MESSAGE(answered.status == 200U, target + ": " + answered.body);
    return json_of(answered).as_object();
}

} // namespace trafikito::test
