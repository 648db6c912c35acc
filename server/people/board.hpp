#pragma once
// All machines as people look at them at once: state, newest values, the last hour. It follows what
// the store keeps, from whichever process it came, and says what has changed. All of it belongs to
// the thread of the reading store; watch.hpp and the endpoints ask there.

#include "base/wall_clock.hpp"
#include "server/people/newest_values.hpp"
#include "server/store/store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::people {

enum class machine_state : std::uint8_t {
    reporting,
    late,    ///< nothing newer came for longer than api::is_late() allows
    never,   ///< has not reported yet
    stopped, ///< removed: its agent is told to stop
    problem, ///< reports, and something is wrong with that
};

std::string_view word_of(machine_state state);

/// How a machine stands.
struct standing {
    machine_state state = machine_state::never;
    std::optional<base::wall_time> since;
    std::string problem; ///< in words; empty: none

    friend bool operator==(standing const&, standing const&) = default;
};

/// What its agent complained of last.
struct complaint {
    base::wall_time at;
    std::string words;
};

standing standing_of(store::server_row const& row, std::optional<complaint> const& last,
                     base::wall_time now);

class board {
public:
    /// How long a machine that was removed is still shown.
    static constexpr std::chrono::hours stopped_shown{7 * 24};

    struct news {
        std::vector<std::string> changed; ///< each a machine as JSON, without its hour
        std::vector<std::string> removed; ///< ids that are shown no more
        std::vector<std::string> reports; ///< each as JSON: of which machine, and when its data is
        bool more = false;                ///< it has not read all that there is
    };
    /// Looks at what is new since it was asked last; until it has read all for the first time,
    /// nothing of it is said.
    news look(store::store& kept, base::wall_time now);

    /// As /api/v1/machines has them, by name.
    [[nodiscard]] boost::json::array machines() const;
    /// Nothing when there is none of that id.
    [[nodiscard]] std::optional<boost::json::object> machine(std::string_view id) const;

    struct entry {
        store::server_row row; ///< without its key and its list
        standing stands;
        std::optional<complaint> complained;
        newest_values values;

    private:
        friend class board;
        bool changed_ = true;
        bool seen_ = true; ///< by the look that is under way
    };
    /// By id.
    [[nodiscard]] std::map<std::string, entry, std::less<>> const& all() const { return all_; }

private:
    void forget_stopped(base::wall_time now, news& found);
    void read_machines(store::store& kept, base::wall_time now, news& found);
    void read_values(store::store& kept, news& found);
    void put(store::server_row&& row, standing const& stands, news& found);

    std::map<std::string, entry, std::less<>> all_;
    label_pool labels_;
    std::optional<std::int64_t> version_; ///< the store's, as far as it is read
    std::int64_t last_values_ = 0;
    base::wall_time now_; ///< of the last look
    bool first_ = true;
};

} // namespace trafikito::server::people
