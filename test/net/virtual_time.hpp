#pragma once
// Time of a test that runs one coroutine: whoever sleeps wakes at once, later. Tests of net/ and of
// cycles use it.

#include "net/link/timing.hpp"

#include <vector>

namespace trafikito::test {

struct virtual_time {
    net::link::steady_time now{std::chrono::hours{1}};
    std::vector<std::chrono::milliseconds> slept;

    net::link::timing tools() {
        return {[this] { return now; },
                [this](net::link::steady_time when) -> boost::asio::awaitable<void> {
                    slept.push_back(
                        std::chrono::duration_cast<std::chrono::milliseconds>(when - now));
                    now = std::max(now, when);
                    co_return;
                }};
    }
};

} // namespace trafikito::test
