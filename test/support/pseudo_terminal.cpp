#include "test/support/pseudo_terminal.hpp"

#include "test/support/eventually.hpp"
#include "test/support/program.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trafikito::test {

namespace {

/// A session of its own whose first terminal it opens, which makes it the controlling one.
int spawn_on(char const* terminal, pid_t& pid, std::vector<std::string>& words,
             std::vector<std::string>& environment) {
    ::posix_spawn_file_actions_t actions;
    ::posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, terminal, O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    int const failed = ::posix_spawn(&pid, words.front().c_str(), &actions, &attributes,
                                     pointers(words).data(), pointers(environment).data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return failed;
}

void set_size(int terminal, terminal_size size) {
    winsize value{};
    value.ws_col = size.columns;
    value.ws_row = size.lines;
    BOOST_REQUIRE_EQUAL(::ioctl(terminal, TIOCSWINSZ, &value), 0);
}

/// A character, one byte or many, that a cell of the screen holds.
std::size_t length_of_character(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
        ++length;
    }
    return length;
}

/// The screen that a terminal would show of some bytes.
class drawing {
public:
    explicit drawing(terminal_size size) : size_(size), lines_(size.lines) {}

    void draw(std::string_view text) {
        while (!text.empty()) {
            auto const used = step(text);
            text.remove_prefix(used);
        }
    }

    [[nodiscard]] bool cursor() const { return cursor_; }

    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> all;
        for (auto const& line : lines_) {
            std::string text;
            for (auto const& cell : line) {
                text += cell.empty() ? " " : cell;
            }
            text.erase(text.find_last_not_of(' ') + 1);
            all.push_back(text);
        }
        while (!all.empty() && all.back().empty()) {
            all.pop_back();
        }
        return all;
    }

private:
    /// Takes one character or sequence; returns its length.
    std::size_t step(std::string_view text) {
        if (text.starts_with("\x1b[")) {
            return sequence(text);
        }
        if (text.front() == '\r') {
            column_ = 0;
        } else if (text.front() == '\n') {
            next_line();
        } else if (static_cast<unsigned char>(text.front()) >= 0x20) {
            auto const length = length_of_character(text);
            put(text.substr(0, length));
            return length;
        }
        return 1;
    }

    void put(std::string_view character) {
        if (column_ == size_.columns) { // only now: the last column is used, too
            column_ = 0;
            next_line();
        }
        auto& line = lines_.at(line_);
        line.resize(std::max<std::size_t>(line.size(), column_ + 1));
        line.at(column_++) = character;
    }

    void next_line() {
        if (line_ + 1 < lines_.size()) {
            ++line_;
        } else {
            lines_.erase(lines_.begin());
            lines_.emplace_back();
        }
    }

    std::size_t sequence(std::string_view text) {
        auto const end = std::ranges::find_if(text.begin() + 2, text.end(),
                                              [](char c) { return c >= '@' && c <= '~'; });
        if (end == text.end()) {
            return text.size();
        }
        auto const length = static_cast<std::size_t>(end - text.begin()) + 1;
        obey(*end, text.substr(2, length - 3));
        return length;
    }

    void obey(char what, std::string_view arguments) {
        std::size_t number = 0;
        std::from_chars(arguments.data(), arguments.data() + arguments.size(), number);
        if (what == 'A') {
            line_ -= std::min(line_, std::max<std::size_t>(number, 1));
        } else if (what == 'G') {
            column_ = std::max<std::size_t>(number, 1) - 1;
        } else if (what == 'H') {
            line_ = column_ = 0;
        } else if (what == 'K') {
            erase_line();
        } else if (what == 'J' && number == 0) {
            erase_line();
            std::fill(lines_.begin() + static_cast<std::ptrdiff_t>(line_) + 1, lines_.end(),
                      std::vector<std::string>());
        } else if (what == 'J') {
            std::ranges::fill(lines_, std::vector<std::string>());
        } else if (arguments == "?25") {
            cursor_ = what == 'h';
        }
    }

    void erase_line() {
        auto& line = lines_.at(line_);
        line.resize(std::min(line.size(), column_));
    }

    terminal_size size_;
    std::vector<std::vector<std::string>> lines_; ///< a character a cell
    std::size_t line_ = 0;
    std::size_t column_ = 0;
    bool cursor_ = true;
};

} // namespace

pseudo_terminal::pseudo_terminal(std::vector<std::string> words,
                                 std::vector<std::string> environment, terminal_size size)
    : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)), size_(size) {
    BOOST_REQUIRE(master_ >= 0);
    BOOST_REQUIRE_EQUAL(::grantpt(master_), 0);
    BOOST_REQUIRE_EQUAL(::unlockpt(master_), 0);
    std::array<char, 64> name{};
    BOOST_REQUIRE_EQUAL(::ptsname_r(master_, name.data(), name.size()), 0);
    set_size(master_, size);
    if (std::ranges::none_of(environment,
                             [](auto const& one) { return one.starts_with("TERM="); })) {
        environment.emplace_back("TERM=xterm");
    }
    for (auto& one : inherited_environment()) {
        environment.push_back(std::move(one));
    }
    BOOST_REQUIRE_EQUAL(spawn_on(name.data(), pid_, words, environment), 0);
}

pseudo_terminal::~pseudo_terminal() {
    if (!reaped_ && pid_ > 0) {
        auto const below = descendants_of(pid_);
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        for (pid_t const one : below) {
            ::kill(one, SIGKILL);
        }
    }
    ::close(master_);
}

std::string const& pseudo_terminal::written() {
    std::array<char, 4096> some{};
    for (;;) {
        auto const got = ::read(master_, some.data(), some.size());
        if (got <= 0) { // nothing now; or EIO: nobody has it open any more
            return written_;
        }
        written_.append(some.data(), static_cast<std::size_t>(got));
    }
}

std::vector<std::string> pseudo_terminal::screen() {
    drawing now(size_);
    now.draw(written());
    return now.lines();
}

bool pseudo_terminal::cursor_shown() {
    drawing now(size_);
    now.draw(written());
    return now.cursor();
}

bool pseudo_terminal::shows_now(std::string_view text) {
    auto const lines = screen();
    return std::ranges::any_of(
        lines, [&](auto const& line) { return line.find(text) != std::string::npos; });
}

bool pseudo_terminal::shows(std::string_view text) {
    bool const found = eventually([&] { return shows_now(text); });
    BOOST_TEST_INFO("it wrote: " << written_);
    return found;
}

void pseudo_terminal::type(std::string_view keys) const {
    BOOST_REQUIRE_EQUAL(::write(master_, keys.data(), keys.size()),
                        static_cast<ssize_t>(keys.size()));
}

void pseudo_terminal::resize(terminal_size size) {
    (void)written();
    size_ = size;
    set_size(master_, size);
}

bool pseudo_terminal::ended() {
    (void)written(); // else it might wait for room
    if (!reaped_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) {
        reaped_ = true;
        (void)written();
    }
    return reaped_;
}

int pseudo_terminal::wait() {
    BOOST_REQUIRE_MESSAGE(eventually([this] { return ended(); }),
                          "it still runs after 30 s; it wrote: " << written_);
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

} // namespace trafikito::test
