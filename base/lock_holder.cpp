#include "base/lock_holder.hpp"

#include "base/file.hpp"
#include "base/number.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace trafikito::base {

int lock_holder_of(int descriptor) {
    constexpr std::size_t limit = 1024UL * 1024;
    // A lock that goes while the list is read can hide the one behind it.
    constexpr int attempts = 10;
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        return 0;
    }
    int holder = 0;
    for (int i = 0; i < attempts && holder == 0; ++i) {
        auto const locks = read_file("/proc/locks", limit);
        holder = find_lock_holder(locks.content.value_or(""), ::major(status.st_dev),
                                  ::minor(status.st_dev), status.st_ino);
    }
    return holder;
}

int find_lock_holder(std::string_view locks, unsigned major, unsigned minor, unsigned long inode) {
    // `1: FLOCK  ADVISORY  WRITE 1234 fe:00:131 0 EOF` (proc(5)); numbers of the device are
    // hexadecimal.
    std::istringstream lines{std::string(locks)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string number;
        std::string kind;
        std::string advisory;
        std::string access;
        std::string pid;
        std::string place;
        words >> number >> kind >> advisory >> access >> pid >> place;
        std::ostringstream ours;
        ours << std::hex << (major < 16 ? "0" : "") << major << ':' << (minor < 16 ? "0" : "")
             << minor << ':' << std::dec << inode;
        if (kind == "FLOCK" && place == ours.str()) {
            return std::max(number_in<int>(pid).value_or(0), 0);
        }
    }
    return 0;
}

} // namespace trafikito::base
