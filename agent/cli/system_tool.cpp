#include "agent/cli/system_tool.hpp"

#include "base/asked_program.hpp"

#include <sys/wait.h>

#include <csignal>
#include <utility>

namespace trafikito::agent::cli {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t most_printed = 1UL << 20U;
constexpr milliseconds between_looks{200}; ///< should a signal have been lost

base::program_question call(std::vector<std::string> words) {
    words.front() = base::find_in_path(words.front(), "/usr/bin:/bin");
    base::program_question question;
    question.words = std::move(words);
    question.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                            "SYSTEMD_COLORS=0", "SYSTEMD_PAGER="};
    question.limit = most_printed;
    return question;
}

} // namespace

tool_answer ask_tool(std::vector<std::string> words, milliseconds patience, heard what) {
    using stream = base::program_question::stream;
    auto question = call(std::move(words));
    question.patience = patience;
    question.heard = what == heard::errors ? stream::both : stream::output;
    auto answer = base::ask_program(std::move(question));
    return {answer.code, std::move(answer.said)};
}

running_tool::running_tool(std::vector<std::string> words) {
    sigset_t kept;
    ::sigemptyset(&kept);
    for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
        ::sigaddset(&kept, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &kept, &before_);
    auto question = call(std::move(words));
    pid_ = base::start_program(question, -1);
}

running_tool::~running_tool() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int running_tool::wait(std::function<void(int signal)> const& interrupted) const {
    sigset_t awaited;
    ::sigemptyset(&awaited);
    for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
        ::sigaddset(&awaited, number);
    }
    timespec const pause{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(between_looks).count()};
    int status = 0;
    while (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == 0) {
        int const number = ::sigtimedwait(&awaited, nullptr, &pause);
        if (number > 0 && number != SIGCHLD) {
            interrupted(number);
        }
    }
    return pid_ > 0 ? base::exit_code_of(status) : -1;
}

} // namespace trafikito::agent::cli
