#include "server/api/report_rate.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::api {

void report_rate::forget(history& known, base::wall_time now) {
    auto const is_past = [&](one const& each) {
        return each.when <= now - window || each.when > now;
    };
    while (!known.reports.empty() && is_past(known.reports.front())) {
        known.bytes -= known.reports.front().bytes;
        known.reports.pop_front();
    }
}

report_rate::verdict report_rate::judge(history& known, std::size_t bytes, std::size_t max_bytes,
                                        base::wall_time now) const {
    forget(known, now);
    // Its turn comes when enough of the oldest are out of the window.
    auto count = known.reports.size();
    auto total = known.bytes;
    auto turn = now;
    for (auto const& each : known.reports) {
        if (count < most_ && bytes <= max_bytes && total <= max_bytes - bytes) {
            break;
        }
        --count;
        total -= each.bytes;
        turn = each.when + window;
    }
    if (turn <= now) {
        known.refusing = false;
        return {};
    }
    bool const first = !std::exchange(known.refusing, true);
    auto const wait = std::chrono::ceil<std::chrono::seconds>(turn - now);
    return {false, first, std::max(wait, std::chrono::seconds(1))};
}

report_rate::verdict report_rate::admit(std::string_view server_id, std::size_t bytes,
                                        std::size_t max_bytes, base::wall_time now) {
    auto found = servers_.find(server_id);
    if (found == servers_.end()) {
        found = servers_.emplace(server_id, history{}).first;
    }
    auto& known = found->second;
    auto const judged = judge(known, bytes, max_bytes, now);
    if (judged.admitted) {
        known.reports.push_back({now, bytes});
        known.bytes += bytes;
    }
    return judged;
}

report_rate::verdict report_rate::look(std::string_view server_id, std::size_t max_bytes,
                                       base::wall_time now) {
    auto const found = servers_.find(server_id);
    return found == servers_.end() ? verdict() : judge(found->second, 0, max_bytes, now);
}

} // namespace trafikito::server::api
