#include "server/api/refusals.hpp"

#include "base/printable.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::api {

using whose = store::refusal::whose;

bool refusals::has_room_for(store::refusal const& one) const {
    if (one.about == whose::server) {
        return true;
    }
    if (one.about == whose::address) {
        return addresses_ < store::max_refused_addresses;
    }
    auto const of_address = std::ranges::count_if(noted_, [&](auto const& each) {
        return each.second.about == whose::stranger && each.second.address == one.address;
    });
    return strangers_ < store::max_strangers &&
           of_address < static_cast<std::ptrdiff_t>(store::max_strangers_of_address);
}

void refusals::note(store::refusal one) {
    if (one.name.empty() || (one.about == whose::stranger &&
                             !base::checked_plain_text(one.name, max_stranger_id).has_value())) {
        return;
    }
    one.words.resize(base::whole_characters(one.words, store::max_refusal_words));
    key const which(one.about, one.name, one.kind);
    if (auto const known = noted_.find(which); known != noted_.end()) {
        auto& before = known->second;
        one.times += before.times;
        one.first = std::min(one.first, before.first);
        before = std::move(one);
        return;
    }
    if (!has_room_for(one)) {
        return;
    }
    strangers_ += one.about == whose::stranger ? 1 : 0;
    addresses_ += one.about == whose::address ? 1 : 0;
    noted_.emplace(which, std::move(one));
}

bool refusals::due(time_point now) const {
    return !noted_.empty() && (!taken_ || now - *taken_ >= pause);
}

std::vector<store::refusal> refusals::take(time_point now) {
    taken_ = now;
    strangers_ = 0;
    addresses_ = 0;
    std::vector<store::refusal> all;
    for (auto& [which, one] : std::exchange(noted_, {})) {
        all.push_back(std::move(one));
    }
    return all;
}

void refusals::put_back(std::vector<store::refusal> const& all) {
    auto const since = std::exchange(noted_, {});
    strangers_ = 0;
    addresses_ = 0;
    for (auto const& one : all) {
        note(one);
    }
    for (auto const& [which, one] : since) {
        note(one);
    }
}

} // namespace trafikito::server::api
