#pragma once
// At most one error feedback a minute for one code (doc/protocol.md, "v2", step 3). Lives as long
// as the agent.

#include "base/clock.hpp"

#include <map>

namespace trafikito::agent::cycle {

class feedback_gate {
public:
    /// Whether feedback of this code may go out now; if so, it counts as sent.
    bool admit(int code, base::clock::steady_time now) {
        auto const [last, first_time] = last_.try_emplace(code, now);
        if (!first_time && now - last->second < std::chrono::minutes(1)) {
            return false;
        }
        last->second = now;
        return true;
    }

private:
    std::map<int, base::clock::steady_time> last_;
};

} // namespace trafikito::agent::cycle
