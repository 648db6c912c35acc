#pragma once
// The numbers by which a command, and all that it starts, can be told from everything else: the
// launcher sets one as soft RLIMIT_LOCKS (process_info.hpp). Nobody has one by accident: their
// upper half is drawn by lot when the agent starts. A command can take its tag off, or put on that
// of another command of the same agent (doc/design.md, "Commands"). Used by the warden.

#include <cstdint>

namespace trafikito::exec {

class tags {
public:
    tags();

    /// One that no process has yet. They come round after 16 million commands.
    std::uint64_t next();

    /// Whether this agent gave it to a command.
    [[nodiscard]] bool ours(std::uint64_t tag) const;

private:
    std::uint64_t lot_; ///< their upper half
    std::uint64_t count_ = 0;
};

} // namespace trafikito::exec
