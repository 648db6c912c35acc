#pragma once
// Stores of several processes, each on a machine with a clock of its own, on one PostgreSQL.

#include "server/store/open_store.hpp"
#include "server/store/store.hpp"
#include "test/server/store/store_fixture.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace trafikito::test {

struct store_machine {
    base::wall_time wall{std::chrono::seconds(1'800'000'000)};
    server::store::boot_time up = std::chrono::minutes(5);

    server::store::store open(std::string const& where,
                              std::chrono::seconds keep = std::chrono::hours(24)) {
        return {server::store::open_engine(where, server::store::access::read_write),
                server::store::access::read_write,
                [this] { return wall; },
                {.keep = keep},
                [this] { return up; }};
    }
    void pass(std::chrono::seconds time) {
        wall += time;
        up += time;
    }
};

struct about_postgres : engine_of_case {
    about_postgres() : engine_of_case(engine_kind::postgres) {}
};

struct processes_fixture : about_postgres, store_place {
    store_machine one;
    store_machine other;

    /// False when it is known.
    static bool add(server::store::store& to, std::string_view server = "s",
                    std::string_view id = {});
    /// False while the time is not known, too.
    static bool can_add(server::store::store& to);
};

} // namespace trafikito::test
