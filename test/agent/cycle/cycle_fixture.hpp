#pragma once
// Two commands in the list, an API that answers what a test tells it to, and a clock of its own:
// what most cycles of the tests begin with.

#include "test/agent/cycle/cycle_rig.hpp"
#include "test/agent/fake_api.hpp"
#include "test/agent/fake_clock.hpp"

#include <string>
#include <utility>
#include <vector>

namespace trafikito::test {

struct cycle_fixture : cycle_rig<fake_clock> {
    cycle_fixture() { commands("trafikito_one=\"echo 1\"\ntrafikito_two=\"printf 2\"\n"); }

    static net::api::order_answer order(std::vector<std::string> names) {
        net::api::order value;
        value.token = "token-1";
        value.names = std::move(names);
        return value;
    }

    static net::api::order_answer order_with_widgets(std::vector<std::string> ids) {
        net::api::order value;
        value.token = "token-1";
        value.widgets = std::move(ids);
        return value;
    }

    agent::cycle::cycle_outcome run() { return cycle_rig::run(api); }

    fake_api api;
};

} // namespace trafikito::test
