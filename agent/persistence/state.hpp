#pragma once
// What must outlast the process: the last order and when the API was asked for one, so that a
// restart neither asks too early (order_pace.hpp) nor forgets what `=` refers to. One small file,
// var/trafikito.state (record_file.hpp).
//
// What the power takes. A killed agent loses nothing: what it wrote is the kernel's. Of what was
// written and not waited for, a loss of power takes what came last, and leaves what was waited for:
//   * before each question: when it is asked. So no question after the loss is early: until then
//     nothing is waited for less long than an interval and on_the_way() (order_pace.hpp);
//   * an answer that makes the next question due later than that, by coming late or by its DELAY,
//     or that names a least interval; another order, since it is what runs when nobody answers; and
//     whose machine this is.
// The rest is written alone, and the next question takes it to the disk: the answer's moment, where
// it is no later; of an order that names the same commands its token (the API is then asked with
// the token before it, and tells the order once more), version and widgets; how long the last cycle
// took; which edge answered; whose turn it is. None of it can make a question early or lose a
// report.

#include "agent/persistence/record_file.hpp"
#include "base/log.hpp"
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
    std::chrono::milliseconds pause{0};      ///< from then on
    bool in_step = false; ///< it was one of questions at intervals; only order_pace writes these
    std::optional<net::api::order> last_order;
    std::chrono::seconds last_cycle{0}; ///< how long the last cycle took: v2's timeTookLastTime
    std::string edge;                   ///< the base address that answered last (v2)
    std::string next_command; ///< with which the next cycle begins; empty: with the order's first

    std::string identity;        ///< whose the rest is: machine.hpp, identity_fingerprint()
    std::string machine;         ///< the first that ran with it: machine_fingerprint(); or empty
    bool machine_wanted = false; ///< the API of the last order offered `machine`
    std::chrono::seconds least_interval{0}; ///< and named this (doc/protocol.md, "Ours alone")
    unsigned refused_as_too_early = 0; ///< of the last questions, a bit each (identity_watch.hpp)

    friend bool operator==(state const&, state const&) = default;
};

/// JSON with a version number, and its checksum on a line of its own; reading knows the version it
/// writes and no other.
std::string format_state(state const& value);
std::optional<state> parse_state(std::string_view text);

/// Where it is.
std::filesystem::path state_file_in(std::filesystem::path const& var_dir);

/// What lies there, for who looks from outside: nothing is set aside. Nothing where there is none,
/// or none that can be read.
std::optional<state> look_at_state(std::filesystem::path const& var_dir);

/// Keeps the file. One that is missing is an empty state, and so is one that is damaged, which is
/// set aside as `….damaged`; where only one half of it is, the other one is believed, and it is a
/// problem() all the same, for the later one may be what is lost. None of these is a reason not to
/// run; one that cannot be written costs only what it is for.
class state_file {
public:
    explicit state_file(std::filesystem::path path);

    [[nodiscard]] state const& value() const { return value_; }

    /// Why the file could not be used when it was read; empty when it could or there was none.
    [[nodiscard]] std::string const& problem() const { return problem_; }

    /// Changes the value in memory; the next save() or note() writes it.
    void change(state value) { value_ = std::move(value); }

    /// Writes it, and waits until the disk has it. Returns in words why it could not.
    std::string save(state value);

    /// Writes it so that it outlasts this process, and waits for the disk only where more than the
    /// above would be lost with the power. Returns words as save() does.
    std::string note(state value);

private:
    std::string write(base::durability wanted);

    record_file file_;
    state value_;
    std::optional<state> on_disk_; ///< what is there for good
    std::string problem_;
};

/// Whether a loss of power must not take what `now` has and `on_disk` has not.
bool must_be_synced(state const& on_disk, state const& now);

/// Says in the log what save() returned, once until that changes.
void log_saving(base::log& log, std::string const& problem);

} // namespace trafikito::agent::persistence
