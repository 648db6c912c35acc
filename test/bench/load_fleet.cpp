#include "test/bench/load_fleet.hpp"

#include "base/spawn.hpp"
#include "test/bench/waiting.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace trafikito::test::bench {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr auto tick = milliseconds(2);
/// As long as an agent waits for an answer.
constexpr auto patience = std::chrono::seconds(30);
constexpr std::size_t full_handshakes = 64;

/// Each machine has its own.
asio::ip::address_v4 address_of(std::size_t machine) {
    return asio::ip::address_v4(0x7F01'0000U + static_cast<std::uint32_t>(machine));
}

} // namespace

double at_share(std::vector<microseconds> const& sorted, double share) {
    if (sorted.empty()) {
        return 0;
    }
    auto const last = static_cast<double>(sorted.size() - 1);
    return static_cast<double>(sorted[static_cast<std::size_t>(last * share)].count()) / 1000;
}

double load_result::save_time(double share) const {
    return at_share(save_times, share);
}

double load_result::busy_time(double share) const {
    return at_share(busy_times, share);
}

double load_result::unheard_time(double share) const {
    return at_share(unheard_times, share);
}

load_second& load_result::second_of(steady::time_point now) {
    auto const second =
        static_cast<std::size_t>(duration_cast<std::chrono::seconds>(now - begun_at).count());
    by_second.resize(std::max(by_second.size(), second + 1));
    return by_second[second];
}

struct load_fleet::work {
    explicit work(load_fleet& in, std::size_t machine)
        : fleet(in), index(machine), begun(steady::now()),
          place(in.under_way_.insert(in.under_way_.end(), this)) {
        fleet.machines_[index].at_work = true;
    }
    ~work() {
        fleet.machines_[index].at_work = false;
        fleet.under_way_.erase(place);
    }
    work(work const&) = delete;
    work& operator=(work const&) = delete;

    load_fleet& fleet;
    std::size_t index;
    steady::time_point begun;
    std::list<work*>::iterator place;
    load_connection* over = nullptr;
};

load_fleet::load_fleet(std::size_t machines, report_texts const& texts, load_tls const& tls,
                       std::vector<asio::ip::tcp::endpoint> servers)
    : machines_(machines), texts_(texts), tls_(tls), servers_(std::move(servers)),
      reports_(static_cast<std::uint64_t>(
          duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch())
              .count())) {}

load_fleet::~load_fleet() = default;

void load_fleet::start(asio::awaitable<void> what) {
    base::spawn(context_.get_executor(), std::move(what), [](std::exception_ptr const& failed) {
        if (failed) {
            std::rethrow_exception(failed);
        }
    });
}

asio::awaitable<bool> load_fleet::connect(std::size_t index, load_connection& over,
                                          load_result& into) {
    auto& who = machines_[index];
    auto const to = servers_[(index + cycles_++) % servers_.size()];
    bool const open = co_await over.open(address_of(index), to, who.session.get());
    if (open) {
        ++into.handshakes;
        into.resumed += over.resumed() ? 1 : 0;
    }
    co_return open;
}

asio::awaitable<void> load_fleet::cycle(std::size_t index, load_plan plan, load_result& into) {
    work here(*this, index);
    auto& who = machines_[index];
    auto over = std::move(who.kept);
    if (!over) {
        over = std::make_unique<load_connection>(context_.get_executor(), tls_);
        here.over = over.get();
        bool const open = co_await connect(index, *over, into);
        if (!open) {
            note_unheard(here, into);
            co_return;
        }
    }
    here.over = over.get();
    load_answer answer;
    bool is_order = plan.orders;
    if (is_order) {
        auto const question = texts_.order(index);
        answer = co_await over->ask(question);
    }
    auto const asked = steady::now();
    if (!is_order || (answer.status == 200 && !answer.closes)) {
        into.orders += is_order ? 1 : 0;
        is_order = false;
        auto const number = ++reports_;
        auto const variant = (index + cycles_) % texts_.variants();
        auto const report = texts_.report(index, variant, number);
        answer = co_await over->ask(report);
        if (answer.status == 0) {
            unheard_.push_back({index, variant, number});
        }
        if (answer.status == 200 && answer.body.starts_with("OK")) {
            auto const now = steady::now();
            ++into.accepted;
            ++into.second_of(now).accepted;
            into.save_times.push_back(duration_cast<microseconds>(now - asked));
            if (accepted_) {
                accepted_(index, variant, number);
            }
        }
    }
    bool const accepted = !is_order && answer.status == 200 && answer.body.starts_with("OK");
    if (answer.status == 503 && answer.retry_after) {
        ++into.busy;
        auto const now = steady::now();
        into.busy_times.push_back(duration_cast<microseconds>(now - here.begun));
        into.second_of(now).busy_times.push_back(into.busy_times.back());
    } else if (answer.status == 0) {
        note_unheard(here, into);
    } else if (!accepted) {
        ++into.refused;
    }
    if (auto given = over->take_session()) {
        who.session = std::move(given);
    }
    if (plan.keep && answer.status != 0 && !answer.closes && !stopping_) {
        who.kept = std::move(over);
    } else {
        over->close();
    }
}

void load_fleet::note_unheard(work const& what, load_result& into) {
    auto const now = steady::now();
    ++into.failed;
    ++into.second_of(now).unheard;
    into.unheard_times.push_back(duration_cast<microseconds>(now - what.begun));
}

asio::awaitable<void> load_fleet::clock(load_plan plan, load_result& into) {
    asio::steady_timer turn(context_);
    auto const begun = steady::now();
    auto looked = begun;
    while (stop_asked == 0 && !stopping_) {
        auto const now = steady::now();
        auto const gone = std::chrono::duration<double>(now - begun).count();
        if (now - begun >= plan.time) {
            break;
        }
        for (auto due = static_cast<std::size_t>(gone * plan.rate); into.begun < due;) {
            auto const index = next_++ % (plan.among != 0 ? plan.among : machines_.size());
            ++into.begun;
            if (machines_[index]
                    .at_work) { // its own cycle is not over: an agent leaves this one out
                ++into.failed;
                continue;
            }
            start(cycle(index, plan, into));
        }
        if (now - looked >= std::chrono::seconds(1)) {
            looked = now;
            cut_what_takes_too_long();
        }
        turn.expires_after(tick);
        co_await turn.async_wait(as_result);
        auto const late = std::chrono::duration<double, std::milli>(steady::now() - turn.expiry());
        into.own_lateness = std::max(into.own_lateness, late.count());
    }
}

void load_fleet::cut_what_takes_too_long() {
    auto const now = steady::now();
    for (auto* const one : under_way_) {
        if (one->over != nullptr && now - one->begun >= patience) {
            one->over->cut();
        }
    }
}

void load_fleet::finish() {
    auto const bound = steady::now() + patience + std::chrono::seconds(10);
    context_.restart();
    while (context_.run_one_for(milliseconds(500)) != 0 || !under_way_.empty()) {
        context_.restart();
        if (stop_asked != 0) {
            cut();
        }
        cut_what_takes_too_long();
        if (steady::now() > bound && under_way_.empty()) {
            break;
        }
    }
}

load_result load_fleet::run(load_plan const& plan) {
    load_result result;
    stopping_ = false;
    auto const begun = steady::now();
    result.begun_at = begun;
    context_.restart();
    start(clock(plan, result));
    context_.run_for(plan.time + milliseconds(20));
    finish();
    result.seconds = std::chrono::duration<double>(steady::now() - begun).count();
    std::ranges::sort(result.save_times);
    std::ranges::sort(result.busy_times);
    std::ranges::sort(result.unheard_times);
    for (auto& one : result.by_second) {
        std::ranges::sort(one.busy_times);
    }
    if (stop_asked != 0) {
        throw interrupted();
    }
    return result;
}

void load_fleet::warm_up() {
    auto const count = std::min(full_handshakes, machines_.size());
    // One that has just begun may still read who its machines are.
    wait_for("reports to be taken", [&] {
        load_result first;
        first.begun_at = steady::now();
        for (std::size_t i = 0; i < count; ++i) {
            start(cycle(i, {.rate = 0, .orders = false, .keep = false}, first));
        }
        finish();
        return first.accepted == count;
    });
    for (std::size_t i = 0; i < machines_.size(); ++i) {
        auto* const from = machines_[i % count].session.get();
        if (i >= count && from != nullptr) {
            // A copy: one that was used once gives way to the ticket that came instead.
            machines_[i].session.reset(SSL_SESSION_dup(from));
        }
    }
    next_ = count;
}

asio::awaitable<void> load_fleet::fill(std::size_t count, load_result& into) {
    for (std::size_t i = 0; i < count; ++i) {
        auto const index = next_++ % machines_.size();
        auto one = cycle(index, {.rate = 0, .orders = false, .keep = true}, into);
        co_await std::move(one);
    }
}

std::size_t load_fleet::hold(std::size_t count) {
    constexpr std::size_t at_once = 8;
    load_result made;
    made.begun_at = steady::now();
    stopping_ = false;
    for (std::size_t i = 0; i < at_once; ++i) {
        start(fill(count / at_once + (i < count % at_once ? 1 : 0), made));
    }
    finish();
    return held();
}

std::size_t load_fleet::held() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        machines_, [](machine const& one) { return one.kept && one.kept->is_open(); }));
}

asio::awaitable<void> load_fleet::send_one_again(unheard what) {
    work here(*this, what.machine);
    load_connection over(context_.get_executor(), tls_);
    here.over = &over;
    load_result ignored;
    bool const open = co_await connect(what.machine, over, ignored);
    load_answer answer;
    if (open) {
        auto const report = texts_.report(what.machine, what.variant, what.number);
        answer = co_await over.ask(report);
    }
    if (answer.status == 200 && answer.body.starts_with("OK")) {
        accepted_(what.machine, what.variant, what.number);
    } else {
        unheard_.push_back(what);
    }
    over.close();
}

std::size_t load_fleet::send_again() {
    stopping_ = false;
    auto const again = std::exchange(unheard_, {});
    for (auto const& one : again) {
        start(send_one_again(one));
    }
    finish();
    return again.size();
}

void load_fleet::let_go() {
    for (auto& one : machines_) {
        if (one.kept) {
            one.kept->close();
            one.kept.reset();
        }
    }
}

void load_fleet::cut() {
    stopping_ = true;
    for (auto* const one : under_way_) {
        if (one->over != nullptr) {
            one->over->cut();
        }
    }
}

} // namespace trafikito::test::bench
