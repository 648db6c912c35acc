#include "agent/cycle/turns.hpp"

#include "base/units.hpp"

#include <algorithm>

namespace trafikito::agent::cycle {

using hindrance = exec::result::hindrance;

void begin_with(std::string const& first, net::api::order const& order,
                std::vector<wanted_command>& wanted) {
    auto const found = std::ranges::find(order.names, first);
    if (found == order.names.end()) {
        return;
    }
    auto const section = static_cast<std::size_t>(found - order.names.begin());
    auto const begin =
        std::ranges::find_if(wanted, [section](auto const& one) { return one.section >= section; });
    std::ranges::rotate(wanted, begin);
}

void turns::note(std::size_t index, exec::result const& ended) {
    bool const late = ended.kept_back == hindrance::no_turn || ended.cut_short;
    if (late || ended.kept_back == hindrance::no_room) {
        first_ = std::min(first_, index);
    }
    late_ += late ? 1 : 0;
}

std::string turns::next() const {
    return first_ < wanted_.size() ? wanted_[first_].command.name : std::string();
}

std::string turns::in_words(config::settings const& with) const {
    if (late_ == 0) {
        return {};
    }
    return std::to_string(wanted_.size() - late_) + " of " +
           base::count_of(wanted_.size(), "command") + " had their turn within cycle_timeout (" +
           base::in_seconds(with.cycle_timeout) + "), " + std::to_string(with.max_parallel) +
           " at once; the others go first in the next cycle: raise max_parallel or cycle_timeout, "
           "or give those that take long `#: every=`";
}

} // namespace trafikito::agent::cycle
