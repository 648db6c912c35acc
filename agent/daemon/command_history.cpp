#include "agent/daemon/command_history.hpp"

#include <algorithm>
#include <limits>

namespace trafikito::agent::daemon {

using std::chrono::milliseconds;
using ending = cycle::command_outcome::ending;
using persistence::command_record;

namespace {

std::string_view name_of(ending end) {
    switch (end) {
    case ending::signalled:
        return "signalled";
    case ending::abandoned:
        return "abandoned";
    default:
        return "exited";
    }
}

auto place(std::vector<std::uint64_t>::size_type at) {
    return static_cast<std::ptrdiff_t>(at);
}

} // namespace

void command_history::note(std::vector<cycle::command_outcome> const& all, milliseconds up) {
    ++cycle_;
    for (auto const& one : all) {
        auto const at = place_of(one.name, one.end != ending::refused);
        if (at == records_.size()) {
            continue;
        }
        recent_[at].ordered = cycle_;
        if (one.end == ending::not_run || one.end == ending::refused) {
            ++records_[at].not_run;
        } else if (one.end != ending::repeated) {
            add_run(at, one, up);
        }
    }
}

std::size_t command_history::place_of(std::string const& name, bool make) {
    auto const found = std::ranges::lower_bound(records_, name, {}, &command_record::name);
    if (found != records_.end() && found->name == name) {
        return static_cast<std::size_t>(found - records_.begin());
    }
    if (!make || (records_.size() >= most_commands && !make_room())) {
        return records_.size();
    }
    auto const there = std::ranges::lower_bound(records_, name, {}, &command_record::name);
    auto const at = static_cast<std::size_t>(there - records_.begin());
    auto const made = records_.emplace(there);
    made->name = name;
    made->end = "not run";
    recent_.emplace(recent_.begin() + place(at));
    return at;
}

bool command_history::make_room() {
    auto const oldest = std::ranges::min_element(recent_, {}, &recent::ordered);
    if (oldest->ordered == cycle_) {
        return false;
    }
    records_.erase(records_.begin() + (oldest - recent_.begin()));
    recent_.erase(oldest);
    return true;
}

void command_history::add_run(std::size_t at, cycle::command_outcome const& one, milliseconds up) {
    auto& record = records_[at];
    ++record.runs;
    record.failed += one.end != ending::exited || one.code != 0 ? 1 : 0;
    record.timed_out += one.timed_out ? 1 : 0;
    record.cut += one.cut ? 1 : 0;
    record.end = name_of(one.end);
    record.code = one.code;
    record.last = one.took;
    record.ran_up = up;
    auto& last = recent_[at];
    constexpr milliseconds::rep longest = std::numeric_limits<std::uint32_t>::max();
    last.took.at(last.count++ % remembered) =
        static_cast<std::uint32_t>(std::clamp<milliseconds::rep>(one.took.count(), 0, longest));
    auto sorted = last.took;
    auto const known = std::min(last.count, remembered);
    auto* const middle = sorted.begin() + place(known / 2);
    std::nth_element(sorted.begin(), middle, sorted.begin() + place(known));
    record.usual = milliseconds(*middle);
}

} // namespace trafikito::agent::daemon
