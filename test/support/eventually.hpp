#pragma once
// Waiting for what another process does: a bound instead of a fixed sleep.

#include <chrono>
#include <thread>

namespace trafikito::test {

/// Whether `condition` came true within `bound`. Looks every few milliseconds.
template <class Condition>
bool eventually(Condition condition, std::chrono::seconds bound = std::chrono::seconds(30)) {
    auto const end = std::chrono::steady_clock::now() + bound;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace trafikito::test
