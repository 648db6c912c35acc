// To be preloaded (ld.so(8), LD_PRELOAD) into the agent: its wall clock, and no other, is that of
// the machine and the seconds that stand in the file WALL_CLOCK_FILE. (libfaketime also moves
// timers of the steady clock that are due at once: the agent would wait for a year.)

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>

namespace {

time_t seconds_ahead() {
    char const* const path = std::getenv("WALL_CLOCK_FILE");
    int const file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    std::array<char, 32> text{};
    auto const got = ::read(file, text.data(), text.size() - 1);
    ::close(file);
    return got > 0 ? std::strtoll(text.data(), nullptr, 10) : 0;
}

} // namespace

// What a program looks up by name is found here first.
extern "C" {

int clock_gettime(clockid_t which, timespec* now) noexcept {
    auto const result = static_cast<int>(::syscall(SYS_clock_gettime, which, now));
    if (result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += seconds_ahead();
    }
    return result;
}

int gettimeofday(timeval* now, void*) noexcept {
    timespec exact{};
    int const result = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return result;
}

time_t time(time_t* now) noexcept {
    timespec exact{};
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now != nullptr) {
        *now = exact.tv_sec;
    }
    return exact.tv_sec;
}
}
