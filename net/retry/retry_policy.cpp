#include "net/retry/retry_policy.hpp"

#include <algorithm>

namespace trafikito::net::retry {

using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t max_doublings = 30;

milliseconds uniform_up_to(milliseconds bound, std::mt19937& engine) {
    std::uniform_int_distribution<milliseconds::rep> any(0,
                                                         std::max(bound, milliseconds(0)).count());
    return milliseconds(any(engine));
}

milliseconds bound_of(retry_policy const& policy, std::uint64_t failed) {
    auto const factor = milliseconds::rep{1} << std::min(failed, max_doublings);
    return policy.base.count() > policy.cap.count() / factor ? policy.cap : policy.base * factor;
}

} // namespace

milliseconds retry_policy::delay(std::uint64_t failed, std::mt19937& engine) const {
    return uniform_up_to(bound_of(*this, failed), engine);
}

milliseconds retry_policy::delay_after(std::uint64_t failed, milliseconds retry_after,
                                       std::mt19937& engine) const {
    auto const least = std::min(retry_after, interval);
    return least + uniform_up_to(std::max(bound_of(*this, failed), 2 * least), engine);
}

retry_policy policy_for(milliseconds interval, std::uint64_t retries) {
    retry_policy policy;
    policy.retries = retries;
    policy.interval = interval;
    policy.base = std::min(policy.base, interval / 30);
    policy.cap = std::min(policy.cap, interval / 3);
    return policy;
}

link::steady_time tries::limit(link::steady_time now) const {
    return ended_ == 0 ? std::max(until_, now + policy_.at_least) : until_;
}

void tries::succeeded() {
    ++ended_;
    answered_ = true;
}

std::optional<link::steady_time> tries::failed(link::steady_time now, milliseconds retry_after,
                                               std::mt19937& engine) {
    ++ended_;
    auto const wait = retry_after > milliseconds(0)
                          ? policy_.delay_after(ended_ - 1, retry_after, engine)
                          : policy_.delay(ended_ - 1, engine);
    if (retry_after > milliseconds(0)) {
        memory_.not_before =
            std::max(memory_.not_before, now + std::min(retry_after, policy_.interval));
    }
    if (left_ == 0 || now + wait >= until_) {
        answered_ = false;
        return std::nullopt;
    }
    --left_;
    return now + wait;
}

} // namespace trafikito::net::retry
