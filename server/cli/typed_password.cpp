#include "server/cli/typed_password.hpp"

#include "server/security/passwords.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <termios.h>
#include <unistd.h>

namespace trafikito::server::cli {

namespace {

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGQUIT, SIGHUP};

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): a handler has nothing else
std::sig_atomic_t volatile caught = 0;

void note(int signal) {
    caught = signal;
}

/// The terminal shows nothing of what is typed, as long as this lives; a signal that would end the
/// program does so when it is seen again.
class silent_terminal {
public:
    silent_terminal() {
        ::tcgetattr(STDIN_FILENO, &before_);
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
        silent.c_cc[VSUSP] = _POSIX_VDISABLE; // stopped, it would leave the shell as silent
        caught = 0;
        struct sigaction to{};
        to.sa_handler = note; // without SA_RESTART: the read ends
        for (std::size_t at = 0; at < ending_signals.size(); ++at) {
            ::sigaction(ending_signals[at], &to, &handlers_[at]);
        }
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~silent_terminal() {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        for (std::size_t at = 0; at < ending_signals.size(); ++at) {
            ::sigaction(ending_signals[at], &handlers_[at], nullptr);
        }
        if (caught != 0) {
            ::raise(caught);
        }
    }
    silent_terminal(silent_terminal const&) = delete;
    silent_terminal& operator=(silent_terminal const&) = delete;

private:
    termios before_{};
    std::array<struct sigaction, ending_signals.size()> handlers_{};
};

/// Without its newline, byte by byte: what follows is not ours to read.
security::wiped_text read_line() {
    std::string line;
    line.reserve(security::longest_password + 2); // so that no part of it is left elsewhere
    bool ended = false;
    ssize_t got = 0;
    while (!ended && line.size() <= security::longest_password) {
        char byte = 0;
        got = ::read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR && caught == 0) {
            continue;
        }
        ended = got != 1 || byte == '\n';
        if (!ended) {
            line += byte;
        }
    }
    if (got == 1 && line.ends_with('\r')) {
        line.pop_back();
    }
    security::wiped_text read(line);
    security::wipe(line);
    if (got < 0 && caught == 0) {
        throw std::runtime_error("standard input cannot be read: " +
                                 std::generic_category().message(errno));
    }
    return read;
}

security::wiped_text ask_for(std::string const& question, base::output& ask) {
    ask << question;
    ask.finish();
    security::wiped_text typed;
    {
        silent_terminal const silent;
        typed = read_line();
    }
    ask << '\n';
    return typed;
}

void require_good(security::wiped_text const& password) {
    auto const fault = security::fault_of_password(password.reveal());
    if (password.reveal().empty()) {
        throw std::runtime_error("no password was given, and none is set");
    }
    if (!fault.empty()) {
        throw std::runtime_error(fault);
    }
}

} // namespace

security::wiped_text read_new_password(std::string const& whose, base::output& ask) {
    if (::isatty(STDIN_FILENO) == 0) {
        auto line = read_line();
        require_good(line);
        return line;
    }
    auto first = ask_for("New password of " + whose + ": ", ask);
    require_good(first);
    auto const second = ask_for("The same again: ", ask);
    if (first.reveal() != second.reveal()) {
        throw std::runtime_error("the two are not the same, and none is set");
    }
    return first;
}

} // namespace trafikito::server::cli
