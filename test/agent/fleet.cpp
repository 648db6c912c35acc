#include "test/agent/fleet.hpp"

#include "agent/cycle/schedule.hpp"
#include "net/retry/retry_policy.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <queue>
#include <utility>

namespace trafikito::test {

using net::link::steady_time;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr milliseconds interval = seconds{60};
constexpr milliseconds cycle_timeout = seconds{50};
constexpr milliseconds request_timeout = seconds{30};
constexpr milliseconds round_trip{80};
constexpr milliseconds longest_command = seconds{3};

struct agent_state {
    net::retry::retry_memory memory;
    std::optional<net::retry::tries> course;
    steady_time begun;
    milliseconds late{0}; ///< of the last order, not yet added to the next due time
    bool in_cycle = false;
};

struct event {
    enum class kind { due, ask, answered, deliver, delivered };

    steady_time when;
    kind what;
    std::uint32_t who;
    bool fine = true; ///< of an answer

    bool operator<(event const& other) const { return when > other.when; }
};

using kind = event::kind;

class fleet {
public:
    explicit fleet(fleet_settings const& with)
        : with_(with), policy_(net::retry::policy_for(interval, with.retries)), engine_(with.seed),
          agents_(with.agents), rate_(static_cast<std::size_t>(with.run_for.count())) {}

    request_rate run() {
        for (std::uint32_t who = 0; who < agents_.size(); ++who) {
            auto const wait = agent::cycle::first_wait({}, known(), interval, engine_);
            add(steady_time(any_up_to(seconds{1})) + wait, kind::due, who);
        }
        while (!events_.empty()) {
            auto const next = events_.top();
            events_.pop();
            take(next);
        }
        return std::move(rate_);
    }

private:
    void take(event const& now) {
        auto& one = agents_[now.who];
        switch (now.what) {
        case kind::due:
            if (!one.in_cycle && one.late > milliseconds(0)) {
                add(now.when + std::exchange(one.late, milliseconds(0)), kind::due, now.who);
                break;
            }
            add(agent::cycle::next_due(now.when, interval, now.when), kind::due, now.who);
            if (!one.in_cycle) {
                begin_cycle(one, now);
            }
            break;
        case kind::ask:
            one.late = std::chrono::duration_cast<milliseconds>(now.when - one.begun);
            request(one, now, kind::answered);
            break;
        case kind::answered:
            if (finish_try(one, now, kind::ask)) {
                one.course.emplace(policy_, one.memory, one.memory.reports_answered,
                                   one.begun + interval);
                add(now.when + any_up_to(longest_command), kind::deliver, now.who);
            }
            break;
        case kind::deliver:
            request(one, now, kind::delivered);
            break;
        case kind::delivered:
            one.in_cycle = !finish_try(one, now, kind::deliver) && one.in_cycle;
            break;
        }
    }

    /// As order_pace has it, of agents that were spread evenly before.
    agent::cycle::first_question known() {
        auto const left = any_up_to(interval);
        constexpr milliseconds away = seconds{40};
        switch (with_.begin) {
        case beginning::fresh:
            return {};
        case beginning::restarted:
            return {.early = left, .in_step = left};
        case beginning::rebooted:
            break;
        }
        return {.early = std::max(left - away, milliseconds(0)),
                .in_step = (left - away + interval) % interval};
    }

    void begin_cycle(agent_state& one, event const& now) {
        one.begun = now.when;
        one.course.emplace(policy_, one.memory, one.memory.orders_answered,
                           agent::cycle::order_limit(one.begun, interval, cycle_timeout));
        if (one.course->may_begin(now.when)) {
            one.in_cycle = true;
            request(one, now, kind::answered);
        }
    }

    void request(agent_state const& one, event const& now, kind then) {
        ++rate_[static_cast<std::size_t>(now.when.time_since_epoch() / seconds{1})];
        bool const fine = !is_out(now.when);
        auto const left =
            std::chrono::duration_cast<milliseconds>(one.course->limit(now.when) - now.when);
        bool const waits = !fine && with_.what == trouble::silent;
        add(now.when + (waits ? std::min(request_timeout, left) : round_trip), then, now.who, fine);
    }

    /// Whether it was answered; else it is tried again, or the cycle is over.
    bool finish_try(agent_state& one, event const& now, kind again) {
        if (now.fine) {
            one.course->succeeded();
            return true;
        }
        if (auto const next = one.course->failed(now.when, retry_after(now.when), engine_)) {
            add(*next, again, now.who);
        } else {
            one.in_cycle = false;
        }
        return false;
    }

    [[nodiscard]] bool is_out(steady_time when) const {
        auto const at = when.time_since_epoch();
        return at >= with_.outage_from && at < with_.outage_from + with_.outage_for;
    }

    [[nodiscard]] milliseconds retry_after(steady_time now) const {
        switch (with_.what) {
        case trouble::refused:
        case trouble::silent:
            return {};
        case trouble::come_back_later:
            return with_.retry_after;
        case trouble::come_back_together:
            break;
        }
        auto const left = with_.outage_from + with_.outage_for - now.time_since_epoch();
        return std::chrono::ceil<seconds>(std::max(left, steady_time::duration()));
    }

    milliseconds any_up_to(milliseconds bound) {
        std::uniform_int_distribution<milliseconds::rep> any(0, bound.count() - 1);
        return milliseconds(any(engine_));
    }

    void add(steady_time when, kind what, std::uint32_t who, bool fine = true) {
        if (when.time_since_epoch() < with_.run_for) {
            events_.push({when, what, who, fine});
        }
    }

    fleet_settings with_;
    net::retry::retry_policy policy_;
    std::mt19937 engine_;
    std::vector<agent_state> agents_;
    std::priority_queue<event> events_;
    request_rate rate_;
};

auto place(request_rate const& rate, seconds at) {
    auto const index = std::min<std::size_t>(static_cast<std::size_t>(at.count()), rate.size());
    return rate.begin() + static_cast<request_rate::difference_type>(index);
}

} // namespace

request_rate simulate(fleet_settings const& settings) {
    return fleet(settings).run();
}

double mean_rate(request_rate const& rate, seconds from, seconds to) {
    auto const sum = std::accumulate(place(rate, from), place(rate, to), 0.0);
    return sum / static_cast<double>(to.count() - from.count());
}

double peak_rate(request_rate const& rate, seconds from, seconds to, std::size_t window) {
    double peak = 0;
    auto const wide = seconds(static_cast<seconds::rep>(window));
    for (auto at = from; at + wide <= to; at += seconds{1}) {
        peak = std::max(peak, mean_rate(rate, at, at + wide));
    }
    return peak;
}

} // namespace trafikito::test
