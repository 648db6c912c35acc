#pragma once
// Takes the values out of reports on their way to the store: knows the rules that hold, and what
// the counters of each machine stood at. The store thread takes; whoever reads values.conf hands
// over rules.

#include "base/wall_clock.hpp"
#include "net/api/report.hpp"
#include "server/values/counters.hpp"
#include "server/values/rules.hpp"
#include "server/values/taken_value.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

class value_taking {
public:
    /// With our own rules alone.
    value_taking();

    /// From now on; from any thread.
    void use(std::shared_ptr<values::rules const> rules);

    /// Those of a report with the data of `at` that came at `now`. On the store thread alone.
    std::vector<values::taken_value> take(std::string_view server_id,
                                          net::api::parsed_report const& report, base::wall_time at,
                                          base::wall_time now);

private:
    struct machine {
        values::counters before;
        base::wall_time last; ///< when its last report came
    };
    /// Those of machines that have sent nothing for long are worth nothing.
    void forget(base::wall_time now);

    std::mutex guard_; ///< of the rules
    std::shared_ptr<values::rules const> rules_;
    std::map<std::string, machine, std::less<>> machines_;
    std::size_t look_at_ = 1024; ///< machines from which on it looks for such
};

} // namespace trafikito::server::api
