#pragma once
// Lines of a log on their way to a sink that may wait for a reader, a disk or a journal: a thread
// of its own writes them, so that whoever logs never waits. The server's threads log through one.
// What finds no room is lost and counted, and the count is said when lines find room again.

#include "base/log.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace trafikito::base {

class log_queue {
public:
    static constexpr std::size_t max_lines = 4096;
    static constexpr std::size_t max_bytes = 1024UL * 1024;
    /// How long the destructor waits for the sink.
    static constexpr std::chrono::milliseconds last_wait{1000};

    /// `write` is called by the queue's thread alone, with one line after the other, and may block;
    /// what it throws loses the line. `program` is who says how many lines were lost. Throws
    /// std::system_error when there can be no thread.
    explicit log_queue(log::sink write, std::string program = {});

    /// Waits for what is queued unless finish() did so in vain. A thread that hangs in the sink is
    /// left to itself, with all that it uses.
    ~log_queue();
    log_queue(log_queue const&) = delete;
    log_queue& operator=(log_queue const&) = delete;

    /// Takes whole lines, from any thread, and never waits for the sink. May outlive the queue:
    /// lines are lost then.
    [[nodiscard]] log::sink sink() const;

    /// Waits until all that was said so far is written. False when it was not within `longest`.
    bool finish(std::chrono::milliseconds longest);

private:
    struct state;

    std::shared_ptr<state> state_;
    bool hangs_ = false; ///< finish() waited in vain
};

} // namespace trafikito::base
