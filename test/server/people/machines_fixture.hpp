#pragma once
// Machines that people look at: the server srv-1 of the API's fixture (called web1 here), with all
// endpoints, and reports of it at will.

#include "server/people/board.hpp"
#include "server/people/machine_endpoints.hpp"
#include "server/people/output_endpoints.hpp"
#include "server/people/series_endpoints.hpp"
#include "server/people/watch.hpp"
#include "test/server/people/people_fixture.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace trafikito::test {

struct machines_fixture : people_fixture {
    machines_fixture();

    /// Of now; with `minutes_ago` it is late by that much.
    void report(std::vector<std::pair<std::string, std::string>> const& outputs,
                std::string const& results = "[]", std::optional<int> minutes_ago = {},
                std::vector<server::values::taken_value> values = {});

    /// By a reader's token; must be 200.
    boost::json::object read(std::string const& target);

    server::people::means with;
    server::people::board shown;
    server::people::watch watching;
    server::people::machine_endpoints machines;
    server::people::output_endpoints outputs;
    server::people::series_endpoints series;

private:
    std::string readers_token_;
};

} // namespace trafikito::test
