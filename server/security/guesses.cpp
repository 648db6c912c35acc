#include "server/security/guesses.hpp"

#include <algorithm>
#include <iterator>

namespace trafikito::server::security {

namespace {

/// Of an account that nobody has, however long it is called.
constexpr std::size_t longest_key = 128;

} // namespace

void guesses::forget_old(std::deque<time>& made, time now) const {
    while (!made.empty() && now - made.front() >= limits_.minute) {
        made.pop_front();
    }
}

void guesses::forget_old(counts& of, time now) const {
    for (auto each = of.begin(); each != of.end();) {
        forget_old(each->second, now);
        each = each->second.empty() ? of.erase(each) : std::next(each);
    }
}

std::optional<std::chrono::seconds> guesses::wait_of(counts& of, std::string_view key,
                                                     time now) const {
    auto const found = of.find(key.substr(0, longest_key));
    if (found == of.end()) {
        if (of.size() >= limits_.remembered) {
            forget_old(of, now);
        }
        return of.size() < limits_.remembered ? std::nullopt : std::optional(limits_.minute);
    }
    auto& made = found->second;
    forget_old(made, now);
    if (made.size() < limits_.guesses) {
        return std::nullopt;
    }
    auto const left = std::chrono::ceil<std::chrono::seconds>(made.front() + limits_.minute - now);
    return std::max(left, std::chrono::seconds(1));
}

std::optional<std::chrono::seconds> guesses::refuse(guess const& one, time now) {
    auto const note = [&](counts& of, std::string_view key) {
        of[std::string(key.substr(0, longest_key))].push_back(now);
    };
    if (!one.device.empty()) {
        auto const wait = wait_of(devices_, one.device, now);
        if (!wait) {
            note(devices_, one.device);
        }
        return wait;
    }
    auto const by_address = wait_of(addresses_, one.address, now);
    auto const by_account = wait_of(accounts_, one.account, now);
    if (by_address || by_account) {
        return std::max(by_address.value_or(std::chrono::seconds(0)),
                        by_account.value_or(std::chrono::seconds(0)));
    }
    note(addresses_, one.address);
    note(accounts_, one.account);
    return std::nullopt;
}

void guesses::take_back(counts& of, std::string_view key) {
    auto const found = of.find(key.substr(0, longest_key));
    if (found == of.end()) {
        return;
    }
    if (!found->second.empty()) {
        found->second.pop_back();
    }
    if (found->second.empty()) {
        of.erase(found);
    }
}

void guesses::forgive(guess const& one) {
    if (!one.device.empty()) {
        take_back(devices_, one.device);
        return;
    }
    take_back(addresses_, one.address);
    take_back(accounts_, one.account);
}

} // namespace trafikito::server::security
