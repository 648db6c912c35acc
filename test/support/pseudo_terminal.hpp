#pragma once
// A program under test as somebody has it on a terminal: all three of its streams are one
// pseudo-terminal, which is its controlling one, so that keys become signals and a change of size
// is told. What it wrote is there byte by byte, and as it stands on the screen.

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trafikito::test {

struct terminal_size {
    unsigned short columns = 80;
    unsigned short lines = 24;
};

class pseudo_terminal {
public:
    /// `words` is the program's path and its arguments, `environment` is all of its environment
    /// but for TERM, which is xterm unless it says otherwise.
    pseudo_terminal(std::vector<std::string> words, std::vector<std::string> environment,
                    terminal_size size = {});
    ~pseudo_terminal();
    pseudo_terminal(pseudo_terminal const&) = delete;
    pseudo_terminal& operator=(pseudo_terminal const&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

    /// All that it wrote so far, with what steers the terminal.
    [[nodiscard]] std::string const& written();

    /// What stands on the screen now: its lines without the blanks at their ends, and without the
    /// empty ones at its end. Knows what our programs write: CR, LF, and of the sequences that move
    /// the cursor and erase CSI A, G, H, J and K. Lines that are too long go on in the next.
    [[nodiscard]] std::vector<std::string> screen();

    /// Whether the cursor is shown.
    [[nodiscard]] bool cursor_shown();

    /// Whether `text` stands on the screen in one line.
    [[nodiscard]] bool shows_now(std::string_view text);

    /// Waits until `text` stands on the screen in one line; false after 30 s.
    [[nodiscard]] bool shows(std::string_view text);

    /// As a keyboard does: `"\x03"` is Ctrl-C.
    void type(std::string_view keys) const;
    void resize(terminal_size size);

    /// Waits for its end: its exit code, or 128 and the signal that ended it. The test case ends
    /// when it still runs after 30 s.
    int wait();

private:
    [[nodiscard]] bool ended();

    int master_ = -1;
    pid_t pid_ = -1;
    int status_ = 0;
    bool reaped_ = false;
    terminal_size size_;
    std::string written_;
};

} // namespace trafikito::test
