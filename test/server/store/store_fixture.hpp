#pragma once
// A database in a directory of its own, whose clock stands where the test puts it: the time since
// the start of the machine goes with it.

#include "server/store/store.hpp"
#include "test/support/temporary_directory.hpp"

#include <chrono>
#include <filesystem>

namespace trafikito::test {

struct store_fixture {
    temporary_directory directory;
    std::filesystem::path file = directory.path() / "trafikito.db";
    base::wall_time now{std::chrono::seconds(1'800'000'000)};

    server::store::store open(server::store::access wanted = server::store::access::read_write,
                              std::chrono::seconds keep = std::chrono::hours(24)) {
        return {file,
                wanted,
                [this] { return now; },
                {.keep = keep},
                [this] {
                    return std::chrono::duration_cast<std::chrono::milliseconds>(
                        now.time_since_epoch());
                }};
    }
};

} // namespace trafikito::test
