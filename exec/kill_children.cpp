#include "exec/kill_children.hpp"

#include <csignal>
#include <fstream>
#include <sys/types.h>

namespace trafikito::exec {

void kill_children() {
    std::ifstream children("/proc/thread-self/children");
    // Each child leads a group of its own, and the number is its own until it is reaped.
    for (pid_t child = 0; children >> child;) {
        ::kill(-child, SIGKILL);
    }
}

} // namespace trafikito::exec
