#pragma once
// `3/17 df, lsof … 2 s`: how far `test` is, in one line of a terminal that is drawn again and
// again, and gone when it is done. Nothing of it where nobody looks.

#include "base/terminal.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// What stands there. `running` are names without their prefix; cut to `columns`, of which one
/// stays free.
std::string progress_text(std::size_t done, std::size_t all,
                          std::vector<std::string> const& running, std::chrono::seconds since,
                          std::size_t columns);

class progress_line {
public:
    /// Silent unless `on` is a terminal whose cursor moves.
    explicit progress_line(int on);
    ~progress_line();
    progress_line(progress_line const&) = delete;
    progress_line& operator=(progress_line const&) = delete;

    [[nodiscard]] bool shows() const { return shows_; }
    void keep_silent() { shows_ = false; }

    void draw(std::size_t done, std::size_t all, std::vector<std::string> const& running,
              std::chrono::seconds since);
    void erase();

private:
    int descriptor_;
    bool shows_;
    bool drawn_ = false;
};

} // namespace trafikito::agent::cli
