#pragma once
// How much one server may send: a bound on what a client with a key can do to the store. The API
// asks one for every report, stored or not, and has others for what is sent beside reports. An
// agent of ours stays far below: one report a minute, and a few late ones beside it.

#include "base/wall_clock.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>

namespace trafikito::server::api {

class report_rate {
public:
    static constexpr std::size_t max_reports = 120;
    static constexpr std::size_t default_bytes = 32UL * 1024 * 1024;
    static constexpr std::size_t any_bytes = std::numeric_limits<std::size_t>::max();
    static constexpr std::chrono::seconds window{60};

    explicit report_rate(std::size_t most = max_reports) : most_(most) {}

    struct verdict {
        bool admitted = true;
        bool first_refusal = false;   ///< none was refused since the last that was admitted
        std::chrono::seconds wait{0}; ///< until it would be admitted; at least 1 when refused
    };

    /// Counts the report when it is admitted: at most `most` and `max_bytes` of one server in any
    /// `window`; one alone is always admitted. What was counted in the future of a clock that was
    /// set back is forgotten.
    verdict admit(std::string_view server_id, std::size_t bytes, std::size_t max_bytes,
                  base::wall_time now);
    /// Whether any report would be admitted now, however small; it is not counted.
    verdict look(std::string_view server_id, std::size_t max_bytes, base::wall_time now);

private:
    struct one {
        base::wall_time when;
        std::size_t bytes;
    };
    struct history {
        std::deque<one> reports;
        std::size_t bytes = 0;
        bool refusing = false;
    };
    static void forget(history& known, base::wall_time now);
    [[nodiscard]] verdict judge(history& known, std::size_t bytes, std::size_t max_bytes,
                                base::wall_time now) const;

    std::size_t most_; ///< in one window
    std::map<std::string, history, std::less<>> servers_;
};

} // namespace trafikito::server::api
