#include "server/values/counters.hpp"

#include <algorithm>

namespace trafikito::server::values {

// One that was taken already, and comes again, takes its own place: it has what came before it.
void counters::begin(std::int64_t at) {
    before_ = nullptr;
    expected_ = 0;
    auto next = (now_ + 1) % kept;
    for (std::size_t each = 0; each < kept; ++each) {
        auto const& one = snapshots_.at(each);
        if (one.all.empty()) {
            continue;
        }
        if (one.at == at) {
            next = each;
        } else if (one.at < at && at - one.at <= longest_gap &&
                   (before_ == nullptr || one.at > before_->at)) {
            before_ = &one;
        }
    }
    if (before_ == &snapshots_.at(next)) { // it is the last of its kind: another one goes
        next = (next + 1) % kept;
    }
    now_ = next;
    auto& now = snapshots_.at(now_);
    now.at = at;
    now.all.clear();
}

std::optional<double> counters::rate(std::uint64_t key, double value) {
    auto& now = snapshots_.at(now_);
    now.all.push_back({key, value});
    if (before_ == nullptr) {
        return std::nullopt;
    }
    auto const& all = before_->all;
    auto found = all.begin() + static_cast<std::ptrdiff_t>(std::min(expected_, all.size()));
    if (found == all.end() || found->key != key) {
        found = std::ranges::find(all, key, &counter::key);
    }
    if (found == all.end()) {
        return std::nullopt;
    }
    expected_ = static_cast<std::size_t>(found - all.begin()) + 1;
    constexpr double second = 1000;
    auto const grown = value - found->value;
    auto const passed = static_cast<double>(now.at - before_->at) / second;
    return grown >= 0 ? std::optional(grown / passed) : std::nullopt;
}

} // namespace trafikito::server::values
