// What a command may do that no shell can: the program that tests of exec run as hostile commands.
// Each trick leaves one process behind, in a session of its own, with none of the command's
// descriptors.
//
//     tricks half-dead   the main thread has ended (/proc shows a zombie), another one lives
//     tricks traced      its tracer: the end of the command is hidden from whoever waits for it
//     tricks runner      never the same process for long: it forks and ends, for five seconds
//     tricks storm N     N of them at once
//     tricks undumpable  a /proc that hides other users' processes hides it, too (hidepid=)
//     tricks bare        whatever its agent knows it by is taken off, while the command goes on
#include "exec/process_info.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <thread>

namespace {

void give_up_everything() {
    ::setsid();
    int const nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int const number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        ::dup2(nothing, number);
    }
}

[[noreturn]] void sleep_for_good() {
    while (true) {
        ::pause();
    }
}

int half_dead() {
    auto const left = ::fork();
    if (left == 0) {
        give_up_everything();
        std::thread(sleep_for_good).detach();
        ::syscall(SYS_exit, 0); // of this thread only
    }
    while (true) {
        auto const now = trafikito::exec::look_at(left);
        if (now && now->state == 'Z') {
            return 0;
        }
        ::usleep(1000);
    }
}

int traced() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return 1;
    }
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    if (::fork() == 0) {
        give_up_everything();
        bool const traces = ::ptrace(PTRACE_SEIZE, ::getppid(), nullptr, nullptr) == 0;
        (void)!::write(ends[1], traces ? "3" : "4", 1);
        sleep_for_good();
    }
    char code = 0;
    (void)!::read(ends[0], &code, 1);
    ::_exit(code - '0'); // a sanitizer that looks for leaks at the exit cannot be traced
}

// Not for ever: whoever fails to catch it shall keep a machine to say so on.
int runner() {
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    if (::fork() == 0) {
        give_up_everything();
        while (std::chrono::steady_clock::now() < end) {
            if (::fork() > 0) {
                break;
            }
        }
        std::_Exit(0);
    }
    ::usleep(50'000); // it shall be on its way
    return 0;
}

int storm(int count) {
    for (int i = 0; i < count; ++i) {
        if (::fork() == 0) {
            give_up_everything();
            sleep_for_good();
        }
    }
    return 0;
}

int undumpable() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return 1;
    }
    if (::fork() == 0) {
        ::prctl(PR_SET_DUMPABLE, 0);
        give_up_everything();
        (void)!::write(ends[1], "", 1);
        sleep_for_good();
    }
    char done = 0;
    (void)!::read(ends[0], &done, 1);
    return 0;
}

int bare() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
    if (::fork() == 0) {
        rlimit limit{};
        ::getrlimit(RLIMIT_LOCKS, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_LOCKS, &limit);
        give_up_everything();
        if (::fork() == 0) {
            sleep_for_good();
        }
        std::_Exit(0);
    }
    ::wait(nullptr);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::string_view const trick = argc > 1 ? argv[1] : "";
    if (trick == "half-dead") {
        return half_dead();
    }
    if (trick == "traced") {
        return traced();
    }
    if (trick == "runner") {
        return runner();
    }
    if (trick == "storm" && argc > 2) {
        return storm(std::atoi(argv[2])); // NOLINT(cert-err34-c): 0 will do
    }
    if (trick == "undumpable") {
        return undumpable();
    }
    if (trick == "bare") {
        return bare();
    }
    std::cerr << "usage: tricks half-dead | traced | runner | storm N | undumpable | bare\n";
    return 2;
}
