#include "test/exec/sleepers.hpp"

#include "exec/process_info.hpp"

#include <unistd.h>

#include <algorithm>

namespace trafikito::test {

std::size_t sleepers(std::string const& number) {
    auto const wanted = std::string("sleep\0", 6) + number + std::string("\0", 1);
    auto const below = exec::descendants_of(::getpid());
    return static_cast<std::size_t>(std::ranges::count_if(below, [&](auto const& one) {
        return exec::read_proc("/proc/" + std::to_string(one.pid) + "/cmdline") == wanted;
    }));
}

} // namespace trafikito::test
