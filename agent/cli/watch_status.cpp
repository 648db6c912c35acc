#include "agent/cli/watch_status.hpp"

#include "agent/cli/exit_code.hpp"
#include "agent/cli/status.hpp"
#include "base/printable.hpp"
#include "base/terminal.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

namespace trafikito::agent::cli {

namespace asio = boost::asio;

namespace {

// ECMA-48, and DEC's private mode for the cursor.
constexpr std::string_view home = "\x1b[H";
constexpr std::string_view erase_rest_of_line = "\x1b[K";
constexpr std::string_view erase_below = "\x1b[J";
constexpr std::string_view hide_cursor = "\x1b[?25l";
constexpr std::string_view show_cursor = "\x1b[?25h";

class watch {
public:
    watch(std::filesystem::path var_dir, base::console& to)
        : var_dir_(std::move(var_dir)), to_(to) {
        for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}) {
            signals_.add(number);
        }
    }

    void run() {
        to_.out.pass_on_bytes();
        to_.out << hide_cursor << home << erase_below;
        await_signal();
        draw_and_wait();
        context_.run();
        to_.out << show_cursor << '\n';
        to_.out.flush();
    }

private:
    void draw_and_wait() {
        draw();
        if (!to_.out) { // nobody looks any more
            end();
            return;
        }
        tick_.expires_after(std::chrono::seconds(1));
        tick_.async_wait([this](boost::system::error_code cancelled) {
            if (!cancelled) {
                draw_and_wait();
            }
        });
    }

    void draw() {
        auto const size = base::terminal_of(STDOUT_FILENO);
        auto lines = status_page(var_dir_);
        for (auto& line : lines) {
            line = to_.hidden(line);
        }
        to_.out << frame_of(std::move(lines), size.columns, size.lines);
        to_.out.flush();
    }

    void await_signal() {
        signals_.async_wait([this](boost::system::error_code cancelled, int number) {
            if (!cancelled && obey(number)) {
                await_signal();
            }
        });
    }

    /// False when that was the end.
    bool obey(int number) {
        if (number == SIGTSTP) { // Ctrl-Z: the shell needs its cursor
            to_.out << show_cursor << '\n';
            to_.out.flush();
            ::raise(SIGSTOP);
            to_.out << hide_cursor << home << erase_below;
            draw();
        } else if (number == SIGWINCH) {
            to_.out << home << erase_below; // what was wrapped is not where it was
            draw();
        } else {
            end();
            return false;
        }
        return true;
    }

    void end() {
        tick_.cancel();
        signals_.cancel();
    }

    std::filesystem::path var_dir_;
    base::console& to_;
    asio::io_context context_{1};
    asio::steady_timer tick_{context_};
    asio::signal_set signals_{context_};
};

} // namespace

std::string frame_of(std::vector<std::string> lines, std::size_t columns, std::size_t rows) {
    if (rows > 0 && lines.size() > rows) {
        auto const hidden = lines.size() - rows + 1;
        lines.resize(rows);
        lines.back() = "... and " + std::to_string(hidden) + " more lines";
    }
    std::string frame(home);
    for (auto const& line : lines) {
        auto const shown = base::one_line(line);
        frame += &line == &lines.front() ? "" : "\n";
        frame += shown.substr(0, base::whole_characters(shown, columns));
        frame += erase_rest_of_line;
    }
    frame += erase_below;
    return frame;
}

int watch_status(std::filesystem::path const& var_dir, base::console& to) {
    if (!base::terminal_of(STDOUT_FILENO).interactive) {
        to.err
            << "trafikito-agent: error: status --watch needs a terminal to draw on; for programs "
               "there is status --json\n";
        return wrong;
    }
    watch(var_dir, to).run();
    return ok;
}

} // namespace trafikito::agent::cli
