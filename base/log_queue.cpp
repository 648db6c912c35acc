#include "base/log_queue.hpp"

#include "base/signals_blocked.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace trafikito::base {

// Owned by the queue, its sinks and its thread, whoever is last.
struct log_queue::state {
    state(log::sink to, std::string name) : write(std::move(to)), program(std::move(name)) {}

    void add(std::string_view line);
    bool take_next(std::string& line);
    void run();
    std::string excuse();
    [[nodiscard]] bool has_room_for(std::size_t size) const;
    [[nodiscard]] bool is_written() const { return lines.empty() && !must_say_loss() && !writing; }
    [[nodiscard]] bool must_say_loss() const { return lost != 0 && !failed; }

    log::sink const write;
    std::string const program;
    std::mutex guard; // of all below
    std::condition_variable changed;
    std::deque<std::string> lines;
    std::size_t bytes = 0; ///< of `lines`
    std::size_t lost = 0;  ///< lines of which nothing was said yet
    bool writing = false;
    bool failed = false; ///< the last write threw: nothing is tried before there is a line again
    bool ended = false;
};

// After a loss only the half counts: else every line that finds room would be an excuse.
bool log_queue::state::has_room_for(std::size_t size) const {
    std::size_t const share = lost == 0 ? 1 : 2;
    return lines.size() < max_lines / share && bytes + size <= max_bytes / share;
}

std::string log_queue::state::excuse() {
    auto const count = std::exchange(lost, 0);
    return (program.empty() ? "" : program + ": ") + std::to_string(count) +
           (count == 1 ? " line" : " lines") +
           " of the log lost: more was said than could be written\n";
}

void log_queue::state::add(std::string_view line) {
    std::scoped_lock const held(guard);
    if (ended || !has_room_for(line.size())) {
        ++lost;
        return;
    }
    if (lost != 0) {
        lines.push_back(excuse());
        bytes += lines.back().size();
    }
    lines.emplace_back(line);
    bytes += line.size();
    changed.notify_all();
}

// False: there will be no more.
bool log_queue::state::take_next(std::string& line) {
    std::unique_lock held(guard);
    writing = false;
    changed.notify_all();
    changed.wait(held, [&] { return !lines.empty() || must_say_loss() || ended; });
    if (lines.empty()) {
        if (ended) {
            return false;
        }
        line = excuse();
    } else {
        line = std::move(lines.front());
        lines.pop_front();
        bytes -= line.size();
    }
    writing = true;
    return true;
}

void log_queue::state::run() {
    std::string line;
    while (take_next(line)) {
        bool taken = true;
        try {
            write(line);
        } catch (std::exception const&) {
            taken = false;
        }
        std::scoped_lock const held(guard);
        failed = !taken;
        lost += taken ? 0 : 1;
    }
}

log_queue::log_queue(log::sink write, std::string program)
    : state_(std::make_shared<state>(std::move(write), std::move(program))) {
    signals_blocked const meanwhile;
    std::thread([shared = state_] { shared->run(); }).detach();
}

log_queue::~log_queue() {
    finish(hangs_ ? std::chrono::milliseconds(0) : last_wait);
    std::scoped_lock const held(state_->guard);
    state_->ended = true;
    state_->changed.notify_all();
}

log::sink log_queue::sink() const {
    return [shared = state_](std::string_view line) { shared->add(line); };
}

bool log_queue::finish(std::chrono::milliseconds longest) {
    std::unique_lock held(state_->guard);
    hangs_ = !state_->changed.wait_for(held, longest, [&] { return state_->is_written(); });
    return !hangs_;
}

} // namespace trafikito::base
