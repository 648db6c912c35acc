#pragma once
// What must outlast the process: the last order and when it was asked, so that a restart neither
// asks too early nor forgets what `=` refers to. One small file, var/trafikito.state.

#include "base/timestamp.hpp"
#include "net/api/order.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::agent::persistence {

struct state {
    std::optional<base::timestamp> asked_at; ///< when the API was last asked for an order
    std::chrono::milliseconds pause{0}; ///< until it may be asked again: an interval and its DELAY
    std::optional<net::api::order> last_order;
    std::chrono::seconds last_cycle{0}; ///< how long the last cycle took: v2's timeTookLastTime
    std::string edge;                   ///< the base address that answered last (v2)

    friend bool operator==(state const&, state const&) = default;
};

/// JSON with a version number, and its checksum on a line of its own; reading knows the version it
/// writes and no other.
std::string format_state(state const& value);
std::optional<state> parse_state(std::string_view text);

/// Keeps the file. One that is missing is an empty state; one that is damaged is set aside as
/// `….damaged`, and then the API counts as just asked. Neither is a reason not to run; one that
/// cannot be written costs only what it is for.
class state_file {
public:
    state_file(std::filesystem::path path, base::timestamp const& now);

    [[nodiscard]] state const& value() const { return value_; }

    /// Why the file could not be used when it was read; empty when it could or there was none.
    [[nodiscard]] std::string const& problem() const { return problem_; }

    /// Changes the value, to be saved with the next change.
    void change(state value) { value_ = std::move(value); }

    /// Replaces the file in one step (write beside it, fsync, rename). Returns in words why it
    /// could not.
    std::string save(state value);

private:
    std::filesystem::path path_;
    state value_;
    std::string problem_;
};

/// How much longer one question may be on its way than the next: while no answer says when the API
/// had it, the next one waits for so long behind the interval.
std::chrono::milliseconds on_the_way(std::chrono::milliseconds interval);

/// How long from `now` until the API may be asked again: never more than `interval` and the greater
/// one of DELAY and on_the_way(), whatever the clocks did meanwhile.
std::chrono::milliseconds until_next_order(state const& value, std::chrono::milliseconds interval,
                                           base::timestamp const& now);

} // namespace trafikito::agent::persistence
