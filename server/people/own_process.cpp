#include "server/people/own_process.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/number.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace trafikito::server::people {

namespace {

// proc(5), /proc/PID/stat, counted from the state, which is field 3.
constexpr std::size_t field_utime = 14 - 3;
constexpr std::size_t field_stime = 15 - 3;
constexpr std::size_t field_start = 22 - 3;
constexpr std::size_t field_vsize = 23 - 3;
constexpr std::size_t field_rss = 24 - 3;
constexpr std::size_t max_stat = 64UL * 1024;

std::string text_of(char const* file) {
    return base::read_file(file, max_stat).content.value_or("");
}

double number_of(std::string_view word) {
    return static_cast<double>(base::number_in<std::uint64_t>(word).value_or(0));
}

/// Seconds since 1970 at which this machine started; 0: not known.
double boot_time() {
    auto const text = text_of("/proc/stat");
    constexpr std::string_view name = "\nbtime ";
    auto const at = text.find(name);
    if (at == std::string::npos) {
        return 0;
    }
    auto const begin = at + name.size();
    return number_of(std::string_view(text).substr(begin, text.find('\n', begin) - begin));
}

std::size_t open_files() {
    std::error_code failed;
    std::size_t count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", failed);
         !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
        ++count;
    }
    return count;
}

} // namespace

std::vector<own_metric> process_metrics() {
    auto const stat = text_of("/proc/self/stat");
    if (stat.size() < 2) {
        return {};
    }
    auto const end = stat.rfind(") "); // behind the name, which may hold anything
    auto const words =
        base::words_in(std::string_view(stat).substr(std::min(end, stat.size() - 2) + 2));
    if (words.size() <= field_rss) {
        return {};
    }
    auto const ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    auto const page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return {
        {"process_cpu_seconds_total", "Processor time, of the system and the user, in seconds.",
         "counter", (number_of(words[field_utime]) + number_of(words[field_stime])) / ticks},
        {"process_resident_memory_bytes", "Resident memory, in bytes.", "gauge",
         number_of(words[field_rss]) * page},
        {"process_virtual_memory_bytes", "Virtual memory, in bytes.", "gauge",
         number_of(words[field_vsize])},
        {"process_start_time_seconds", "When the process started, in seconds since 1970.", "gauge",
         boot_time() + number_of(words[field_start]) / ticks},
        {"process_open_fds", "Open file descriptors.", "gauge", static_cast<double>(open_files())},
        {"process_max_fds", "How many file descriptors may be open.", "gauge",
         static_cast<double>(limit.rlim_cur)},
    };
}

} // namespace trafikito::server::people
