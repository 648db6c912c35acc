#pragma once
// What must outlast the process: the last order and when it was asked, so that a restart neither
// asks more than once per interval nor forgets what `=` refers to. One small file,
// var/trafikito.state.

#include "net/order.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::agent {

struct state {
    /// When the API was last asked for an order (wall clock); nothing when it never was.
    std::optional<std::chrono::system_clock::time_point> asked_at;
    std::optional<net::order> last_order;
    std::chrono::seconds last_cycle{0}; ///< how long the last cycle took: v2's timeTookLastTime

    friend bool operator==(state const&, state const&) = default;
};

/// JSON with a version number; reading knows the version it writes and no other.
std::string format_state(state const& value);
std::optional<state> parse_state(std::string_view text);

/// Keeps the file. A file that is missing or damaged is an empty state, never a reason not to run;
/// one that cannot be written costs only what it is for.
class state_file {
public:
    explicit state_file(std::filesystem::path path);

    [[nodiscard]] state const& value() const { return value_; }

    /// Why the file could not be used when it was read; empty when it could or there was none.
    [[nodiscard]] std::string const& problem() const { return problem_; }

    /// Replaces the file in one step (write beside it, fsync, rename). Returns in words why it
    /// could not.
    std::string save(state value);

private:
    std::filesystem::path path_;
    state value_;
    std::string problem_;
};

/// How long from `now` until the API may be asked again: never more than `interval`, whatever the
/// wall clock did meanwhile.
std::chrono::milliseconds until_next_order(state const& value, std::chrono::milliseconds interval,
                                           std::chrono::system_clock::time_point now);

} // namespace trafikito::agent
