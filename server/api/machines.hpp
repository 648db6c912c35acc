#pragma once
// Which machines ask as one server, by what agents of ours say of themselves (doc/protocol.md,
// "Ours alone"): a boot has a random id, so that one that comes back after another is a second
// machine that runs at the same time. The API asks it with each request that has a key. In memory
// alone; what it found, the store keeps.

#include "base/wall_clock.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

inline constexpr std::string_view boot_header = "Trafikito-Boot";
inline constexpr std::string_view interval_header = "Trafikito-Interval";
inline constexpr std::string_view min_interval_header = "Trafikito-Min-Interval";

/// Seconds from 1 to 86,400; nothing when it is no such number.
std::optional<std::chrono::seconds> read_interval(std::string_view header);

class machines {
public:
    /// How long a boot that was seen counts as running: four intervals as the agent says them, and
    /// at least this long. Longer than a machine takes that goes back to an earlier snapshot.
    static constexpr std::chrono::minutes short_time{10};

    struct finding {
        std::size_t machines = 0; ///< that run at the same time: 2 or more
        std::size_t times = 0;    ///< it was found since the start
        bool say = false;         ///< the first time, or an hour after it was said last
        bool note = false;        ///< the first time, or 10 minutes after it was noted last
    };

    /// A request of that server came with these headers, as sent. A boot that is no UUID is not
    /// looked at; an interval that is no number from 1 to 86,400 is as none.
    std::optional<finding> saw(std::string_view server_id, std::string_view boot,
                               std::string_view interval, base::wall_time now);

    /// A request of that server, which says nothing of its boot, asked for an order before its
    /// time. Again and again within a while, beside orders that were given, that is a second
    /// agent's doing, or a configuration's. `finding::machines` is 2.
    std::optional<finding> asked_too_early(std::string_view server_id, base::wall_time now);

    /// So often within short_time it is no accident.
    static constexpr std::size_t too_often = 5;

private:
    struct seen_boot {
        std::string id;
        base::wall_time seen;
    };
    struct history {
        std::vector<seen_boot> boots; ///< the one that asked last is the last; at most max_boots
        std::size_t found = 0;
        std::optional<base::wall_time> said;
        std::optional<base::wall_time> noted;
        std::deque<base::wall_time> early; ///< the last that came too early, at most too_often
    };
    static finding found_again(history& all, std::size_t running, base::wall_time now);
    history& history_of(std::string_view server_id);
    static constexpr std::size_t max_boots = 8;

    std::map<std::string, history, std::less<>> servers_;
};

} // namespace trafikito::server::api
