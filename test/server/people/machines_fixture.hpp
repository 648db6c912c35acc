#pragma once
// Machines that people look at: the server srv-1 of the API's fixture (called web1 here), and
// reports of it at will.

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

private:
    std::string readers_token_;
};

} // namespace trafikito::test
