#pragma once
// What is kept of a command's output: all of it up to a limit, beyond that the first and the last
// half. Used while reading, so that memory is bounded whatever a command prints: what is more than
// a little lies in the spool. Never looks at the bytes.

#include "exec/scratch_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace trafikito::exec {

class capture {
public:
    using sink = std::function<void(std::string_view)>;

    /// `max_kept` in bytes. Without a spool everything kept is in memory.
    explicit capture(std::uint64_t max_kept, std::shared_ptr<scratch_file> where = {});

    void append(std::string_view bytes);

    /// What a pipe holds at this moment; waits for nothing. As much as that at most, however fast
    /// somebody writes.
    void append_what_waits(int pipe);

    [[nodiscard]] std::uint64_t bytes_seen() const { return seen_; }
    [[nodiscard]] std::uint64_t bytes_kept() const { return cut() ? max_kept_ : seen_; }
    [[nodiscard]] bool cut() const { return seen_ > max_kept_; }

    /// Keeps less from now on: nothing may be appended any more.
    void narrow(std::uint64_t max_kept);

    /// The same in another spool, so that the first can go.
    [[nodiscard]] capture copied_to(std::shared_ptr<scratch_file> where) const;

    /// The beginning, in pieces; everything when nothing was cut.
    void head(sink const& to) const;

    /// The end, in pieces; nothing when nothing was cut.
    void tail(sink const& to) const;

private:
    [[nodiscard]] std::uint64_t place_of(std::uint64_t position) const;
    [[nodiscard]] bool store(std::uint64_t place, std::string_view bytes);
    [[nodiscard]] bool borrow(std::uint64_t size);
    void move_to_spool();
    [[nodiscard]] bool move_to_memory();
    void read(std::uint64_t begin, std::uint64_t end, sink const& to) const;
    void read_at(std::uint64_t place, std::uint64_t size, sink const& to) const;

    std::uint64_t max_kept_;
    std::uint64_t stored_limit_; ///< what is stored of it; max_kept_ may be less by then
    std::uint64_t seen_ = 0;
    std::string memory_;
    std::shared_ptr<scratch_file> spool_;
    std::uint64_t base_ = 0; ///< of our range in the spool
    bool spooled_ = false;   ///< what there is lies in it
    bool disk_takes_ = true; ///< so far
};

} // namespace trafikito::exec
