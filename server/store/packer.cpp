#include "server/store/packer.hpp"

#include "base/signals_blocked.hpp"
#include "server/store/value_pack.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <exception>
#include <future>
#include <optional>
#include <type_traits>
#include <utility>

namespace trafikito::server::store {

namespace {

using std::chrono::milliseconds;

constexpr int a_tenth_of_others = 10; ///< nice: of a processor that others want, too
/// Between two blocks others get to the store.
constexpr milliseconds longest_rest{10};
constexpr milliseconds between_looks{50}; ///< whether to stop, while the store is waited for
constexpr std::size_t most_unreadable = 10'000;
constexpr int looks_between_values = 5; ///< they are packed by the hour

/// This thread alone: to Linux each has a priority of its own.
void step_back() {
    ::setpriority(PRIO_PROCESS, 0, a_tenth_of_others);
    sched_param const none{};
    ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &none);
}

} // namespace

packer::packer(store_thread& writes, open_store open, milliseconds pause)
    : writes_(writes), open_(std::move(open)), pause_(pause) {
    base::signals_blocked const inherited;
    thread_ = std::thread([this] { work(); });
}

packer::~packer() {
    while (thread_.joinable() && !stop(std::chrono::hours(1))) {
    }
}

bool packer::stop(milliseconds within) {
    std::unique_lock hold(guard_);
    stopping_ = true;
    if (from_) {
        from_->interrupt();
    }
    changed_.notify_all();
    if (!thread_.joinable()) {
        return true;
    }
    if (!changed_.wait_for(hold, within, [&] { return ended_; })) {
        return false;
    }
    hold.unlock();
    thread_.join();
    return true;
}

std::string packer::fault() const {
    std::scoped_lock const hold(guard_);
    return fault_;
}

bool packer::stopping() const {
    std::scoped_lock const hold(guard_);
    return stopping_;
}

void packer::say(std::string fault) {
    std::scoped_lock const hold(guard_);
    fault_ = std::move(fault);
}

void packer::work() {
    step_back();
    std::unique_lock hold(guard_);
    while (!stopping_) {
        hold.unlock();
        try {
            look();
            say(unreadable_.fault.empty() ? values_fault_ : unreadable_.fault);
        } catch (std::exception const& failed) {
            say(failed.what());
        }
        hold.lock();
        changed_.wait_for(hold, pause_, [&] { return stopping_; });
    }
    from_.reset();
    ended_ = true;
    changed_.notify_all();
}

template <typename Question>
auto packer::answer_to(std::size_t bytes, Question question) {
    using answer_type = std::invoke_result_t<Question&, store&>;
    std::future<answer_type> answer;
    try {
        answer = writes_.ask(bytes, std::move(question));
    } catch (store_unavailable const&) { // what comes goes before
        return std::optional<answer_type>();
    }
    while (answer.wait_for(between_looks) != std::future_status::ready) {
        if (stopping()) {
            return std::optional<answer_type>();
        }
    }
    return std::optional<answer_type>(answer.get());
}

template <typename Pack>
bool packer::replace(Pack pack) {
    auto const begun = std::chrono::steady_clock::now();
    auto const bytes = pack.body.size();
    auto const done = answer_to(
        bytes, [pack = std::move(pack)](store& kept) { return kept.replace_by_block(pack); });
    auto const taken = std::chrono::steady_clock::now() - begun;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(taken, longest_rest));
    return done.value_or(false);
}

// Opened anew each time: what the last one met may be over.
void packer::look() {
    auto opened = open_();
    {
        std::scoped_lock const hold(guard_);
        if (stopping_) {
            return;
        }
        from_ = std::move(opened);
    }
    struct closed {
        packer& of;
        ~closed() {
            std::scoped_lock const hold(of.guard_);
            of.from_.reset();
        }
    } const later{*this};
    if (!from_->packs()) {
        return; // another process does
    }
    for (bool more = true; more && !stopping();) {
        more = false;
        auto const young = from_->first_young_report();
        for (auto const& id : from_->servers_to_pack(young, unreadable_)) {
            more = pack_server(id, young) || more;
        }
    }
    if (auto const at = std::chrono::steady_clock::now(); at >= next_look_at_values_) {
        next_look_at_values_ = at + pause_ * looks_between_values;
        look_at_values();
    }
}

bool packer::pack_server(std::string const& id, std::int64_t young) {
    bool any = false;
    for (bool more = true;
         more && !stopping() && from_->has_enough_to_pack(id, young, unreadable_);) {
        auto pack = from_->pack_oldest(id, unreadable_);
        if (unreadable_.numbers.size() > most_unreadable) {
            unreadable_.numbers.clear(); // they are found again
        }
        more = pack && replace(std::move(*pack));
        any = any || more;
    }
    return any;
}

bool packer::replace_values(value_pack pack) {
    if (!pack.fault.empty()) {
        values_fault_ = pack.fault;
    }
    return replace(std::move(pack));
}

// They are old by the clock that is believed, which the store's thread alone asks.
void packer::look_at_values() {
    auto const now = answer_to(0, [](store& kept) { return kept.time_of_what_is_kept(); });
    if (!now) {
        return;
    }
    for (bool more = true; more && !stopping();) {
        more = false;
        for (auto const& id : from_->servers_with_values_to_pack(*now)) {
            auto pack = stopping() ? std::nullopt : from_->pack_values(id, *now);
            more = (pack && replace_values(std::move(*pack))) || more;
        }
    }
    while (!stopping()) {
        auto pack = from_->thin_values(*now);
        if (!pack || !replace_values(std::move(*pack))) {
            break;
        }
    }
}

} // namespace trafikito::server::store
