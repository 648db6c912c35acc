#include "server/people/newest_values.hpp"

#include <cmath>

namespace trafikito::server::people {

namespace {

constexpr std::int64_t a_minute = 60'000; // ms
constexpr std::string_view load = "load_1";
constexpr std::string_view disk_used = "disk_used";

/// What a person sees of it.
double rounded(double number) {
    return std::round(number * 100) / 100;
}

} // namespace

void newest_values::take(std::int64_t series, double number, std::int64_t at) {
    auto const label = labels_.find(series);
    if (label == labels_.end()) {
        return;
    }
    if (label->second->name == load) {
        auto const number_of_minute = at / a_minute;
        auto& place = hour_.at(static_cast<std::size_t>(number_of_minute) % minutes);
        if (at >= 0 && number_of_minute >= place.number) {
            place = {number_of_minute, static_cast<float>(number)};
        }
    }
    auto& current = values_[series];
    if (at >= current.at) {
        current = {number, at};
    }
    newest_ = std::max(newest_, at);
}

std::vector<newest_values::value> newest_values::all() const {
    std::vector<value> found;
    auto const oldest = newest_ - std::chrono::milliseconds(current_for).count();
    for (auto const& [series, current] : values_) {
        if (current.at >= oldest) {
            found.push_back({labels_.at(series), current.number, current.at});
        }
    }
    return found;
}

std::optional<double> newest_values::newest(std::string_view name) const {
    std::optional<double> found;
    std::int64_t at = newest_ - std::chrono::milliseconds(current_for).count();
    for (auto const& [series, current] : values_) {
        if (current.at >= at && labels_.at(series)->name == name) {
            found = rounded(current.number);
            at = current.at;
        }
    }
    return found;
}

std::optional<newest_values::disk> newest_values::fullest_disk() const {
    std::optional<disk> fullest;
    for (auto const& each : all()) {
        if (each.label->name == disk_used && (!fullest || each.number > fullest->used)) {
            fullest = disk{rounded(each.number), each.label->instance};
        }
    }
    return fullest;
}

boost::json::array newest_values::hour(std::int64_t now) const {
    auto const last = now / a_minute;
    boost::json::array loads;
    loads.reserve(minutes);
    for (auto number = last - static_cast<std::int64_t>(minutes) + 1; number <= last; ++number) {
        auto const& one =
            hour_.at(static_cast<std::size_t>(std::max<std::int64_t>(number, 0)) % minutes);
        loads.push_back(one.number == number ? boost::json::value(rounded(one.load))
                                             : boost::json::value(nullptr));
    }
    return loads;
}

} // namespace trafikito::server::people
