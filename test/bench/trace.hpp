#pragma once
// What strace(1) wrote of an agent, counted cycle by cycle. Reads text and runs nothing.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::test::bench {

/// From one line `report accepted` of the agent to the next.
struct traced_cycle {
    long calls = 0;                      ///< of the agent's own process
    long synchronous = 0;                ///< those among them that wait for the disk
    long before_exec = 0;                ///< of its children, until each is its command
    std::map<std::string, long> by_name; ///< `calls`, one by one
};

/// `text` is of `strace -f -s 128 -o`. What came before the first report is the first cycle; what
/// comes behind the last one is none.
std::vector<traced_cycle> read_trace(std::string_view text);

} // namespace trafikito::test::bench
