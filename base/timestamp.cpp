#include "base/timestamp.hpp"

#include "base/file.hpp"
#include "base/time_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <ctime>

namespace trafikito::base {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

/// What a clock can hold, in milliseconds: a damaged file must not overflow anybody's arithmetic.
constexpr std::int64_t latest = 9'000'000'000'000;

milliseconds read_clock(clockid_t which) {
    timespec now{};
    ::clock_gettime(which, &now);
    return milliseconds(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
}

std::string boot_id() {
    constexpr std::size_t limit = 64;
    auto file = base::read_file("/proc/sys/kernel/random/boot_id", limit);
    auto text = file.content.value_or("");
    std::erase(text, '\n');
    return text;
}

milliseconds time_in(json::value const& value) {
    return milliseconds(std::clamp<std::int64_t>(value.as_int64(), 0, latest));
}

} // namespace

timestamp timestamp::now() {
    static std::string const boot = boot_id();
    return {read_clock(CLOCK_REALTIME), read_clock(CLOCK_BOOTTIME), boot};
}

milliseconds timestamp::age(timestamp const& now) const {
    auto const passed = boot == now.boot && !boot.empty() ? now.up - up : now.wall - wall;
    return std::max(passed, milliseconds(0));
}

json::value to_json(std::optional<timestamp> const& value) {
    if (!value) {
        return nullptr;
    }
    return {{"wall", value->wall.count()}, {"up", value->up.count()}, {"boot", value->boot}};
}

timestamp timestamp_from(json::value const& value) {
    auto const& object = value.as_object();
    return {time_in(object.at("wall")), time_in(object.at("up")),
            json::value_to<std::string>(object.at("boot"))};
}

std::optional<timestamp> optional_timestamp_from(json::value const& value) {
    return value.is_null() ? std::nullopt : std::optional(timestamp_from(value));
}

std::string rfc3339(timestamp const& value) {
    return utc_time(moment(value.wall));
}

std::string local_time(timestamp const& value) {
    return local_time(moment(value.wall));
}

} // namespace trafikito::base
