#pragma once
// What is kept of a command's output: all of it up to a limit, beyond that the first and the last
// half. Used while reading, so that memory is bounded whatever a command prints. Never looks at the
// bytes.

#include <cstdint>
#include <string>
#include <string_view>

namespace trafikito::exec {

class capture {
public:
    /// `max_kept` in bytes.
    explicit capture(std::uint64_t max_kept) : max_kept_(max_kept) {}

    void append(std::string_view bytes);

    [[nodiscard]] std::uint64_t bytes_seen() const { return seen_; }
    [[nodiscard]] std::uint64_t bytes_kept() const { return head_.size() + tail_.size(); }
    [[nodiscard]] bool cut() const { return seen_ > max_kept_; }

    /// The beginning; everything when nothing was cut. Valid until the next append().
    [[nodiscard]] std::string_view head() const { return head_; }

    /// The end, empty when nothing was cut or nothing may be kept.
    [[nodiscard]] std::string tail() const;

private:
    [[nodiscard]] std::uint64_t tail_limit() const { return max_kept_ / 2; }
    void begin_tail();
    void append_tail(std::string_view bytes);

    std::uint64_t max_kept_;
    std::uint64_t seen_ = 0;
    std::string head_;
    std::string tail_;          ///< a ring once it is full
    std::size_t tail_next_ = 0; ///< where the ring's oldest byte stands
};

} // namespace trafikito::exec
