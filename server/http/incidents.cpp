#include "server/http/incidents.hpp"

#include "base/printable.hpp"

#include <algorithm>

namespace trafikito::server::http {

namespace {

constexpr std::size_t max_what = 300; ///< bytes of one incident's words
constexpr std::string_view other_kinds = "other incidents";

/// `12,003`
std::string in_thousands(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, 1, ',');
    }
    return text;
}

std::string times(std::uint64_t number) {
    return in_thousands(number) + (number == 1 ? " time" : " times");
}

} // namespace

void incidents::note(base::severity level, std::string_view what, std::string_view address,
                     time_point now) {
    what = what.substr(0, base::whole_characters(what, max_what));
    if (!counting_) {
        counting_ = true;
        since_ = now;
    }
    forget_quiet(now);
    auto key = std::pair(std::string(what), std::string(address));
    if (auto const known = pairs_.find(key); known != pairs_.end()) {
        ++known->second.unsaid;
        known->second.last = now;
        return;
    }
    if (pairs_.size() >= max_pairs) {
        count_in_crowd(level, what, address);
        return;
    }
    pairs_.emplace(std::move(key), pair_state{level, 0, now});
    log_->counted(level, std::string(what) +
                             (address.empty() ? "" : " (from " + std::string(address) + ")"));
}

void incidents::count_in_crowd(base::severity level, std::string_view what,
                               std::string_view address) {
    auto at = crowds_.find(what);
    if (at == crowds_.end()) {
        auto const name = crowds_.size() < max_kinds ? what : other_kinds;
        at = crowds_.try_emplace(std::string(name), crowd{level, 0, {}}).first;
    }
    auto& counted = at->second;
    counted.level = std::max(counted.level, level);
    ++counted.times;
    if (!address.empty() && addresses_ < max_addresses) {
        addresses_ += counted.addresses.emplace(address).second ? 1 : 0;
    }
}

// What was not said yet is not forgotten.
void incidents::forget_quiet(time_point now) {
    std::erase_if(pairs_, [&](auto const& one) {
        return one.second.unsaid == 0 && now - one.second.last >= forgotten;
    });
}

void incidents::tick(time_point now) {
    if (counting_ && now - since_ >= span) {
        auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(now - since_).count();
        say_counts(" in the last " + std::to_string(seconds) + " s");
        counting_ = false;
    }
    forget_quiet(now);
}

void incidents::say_counts(std::string const& over) {
    for (auto& [key, state] : pairs_) {
        auto const& [what, address] = key;
        if (auto const unsaid = std::exchange(state.unsaid, 0); unsaid != 0) {
            auto line = what + ": " + times(unsaid) + " more";
            line += address.empty() ? std::string() : " from " + address;
            line += over;
            log_->counted(state.level, line);
        }
    }
    for (auto const& [what, counted] : crowds_) {
        auto const many = counted.addresses.size();
        std::string from;
        if (many != 0) {
            from = addresses_ < max_addresses ? " from " : " from more than ";
            from += in_thousands(many);
            from += many == 1 ? " other address" : " other addresses";
        }
        auto line = what + ": " + times(counted.times);
        line += from;
        line += over;
        log_->counted(counted.level, line);
    }
    crowds_.clear();
    addresses_ = 0;
}

} // namespace trafikito::server::http
