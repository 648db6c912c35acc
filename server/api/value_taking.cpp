#include "server/api/value_taking.hpp"

#include "server/values/take.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace trafikito::server::api {

namespace {

constexpr std::size_t least_look = 1024;

} // namespace

value_taking::value_taking() : rules_(std::make_shared<values::rules const>()) {}

void value_taking::use(std::shared_ptr<values::rules const> rules) {
    std::scoped_lock const hold(guard_);
    rules_ = std::move(rules);
}

void value_taking::forget(base::wall_time now) {
    std::erase_if(machines_, [&](auto const& each) {
        auto const age = now - each.second.last;
        return age > std::chrono::milliseconds(values::counters::longest_gap) ||
               age < -std::chrono::milliseconds(values::counters::longest_gap);
    });
    look_at_ = std::max(least_look, 2 * machines_.size());
}

std::vector<values::taken_value> value_taking::take(std::string_view server_id,
                                                    net::api::parsed_report const& report,
                                                    base::wall_time at, base::wall_time now) {
    std::shared_ptr<values::rules const> rules;
    {
        std::scoped_lock const hold(guard_);
        rules = rules_;
    }
    auto found = machines_.find(server_id);
    if (found == machines_.end()) {
        if (machines_.size() >= look_at_) {
            forget(now);
        }
        found = machines_.try_emplace(std::string(server_id)).first;
    }
    found->second.last = now;
    std::vector<values::command_output> outputs;
    outputs.reserve(report.sections.size());
    for (auto const& section : report.sections) {
        outputs.push_back({section.name, section.output});
    }
    using std::chrono::milliseconds;
    auto const data_at = std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
    return values::take(*rules, outputs, found->second.before, data_at);
}

} // namespace trafikito::server::api
