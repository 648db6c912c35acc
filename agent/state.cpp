#include "agent/state.hpp"

#include "agent/file.hpp"
#include "config/load.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>

namespace trafikito::agent {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

namespace {

constexpr std::int64_t version = 1;
constexpr std::size_t max_size = 1024UL * 1024;
constexpr std::int64_t longest_cycle = 86'400;          ///< seconds
constexpr std::int64_t latest_time = 9'000'000'000'000; ///< ms since 1970: what a clock can hold

json::object order_to_json(net::order const& value) {
    return {{"token", value.token},
            {"names", json::value_from(value.names)},
            {"version", value.version},
            {"delay", value.delay.count()},
            {"widgets", json::value_from(value.widgets)}};
}

net::order order_from_json(json::object const& object) {
    net::order value;
    value.token = json::value_to<std::string>(object.at("token"));
    value.names = json::value_to<std::vector<std::string>>(object.at("names"));
    value.version = json::value_to<std::string>(object.at("version"));
    value.delay = seconds(std::clamp<std::int64_t>(object.at("delay").as_int64(), 0, 86'400));
    value.widgets = json::value_to<std::vector<std::string>>(object.at("widgets"));
    // The file is ours, yet a name out of it is trusted no more than one from the network.
    for (auto& name : value.names) {
        name = net::valid_name(name) ? name : net::refused_name(name);
    }
    return value;
}

} // namespace

std::string format_state(state const& value) {
    json::object object{{"version", version}, {"last_cycle", value.last_cycle.count()}};
    if (value.asked_at) {
        object["asked_at"] =
            std::chrono::duration_cast<milliseconds>(value.asked_at->time_since_epoch()).count();
    }
    if (value.last_order) {
        object["last_order"] = order_to_json(*value.last_order);
    }
    return json::serialize(object) + "\n";
}

std::optional<state> parse_state(std::string_view text) try {
    auto const document = json::parse({text.data(), text.size()});
    auto const& object = document.as_object();
    if (object.at("version").as_int64() != version) {
        return std::nullopt;
    }
    state value;
    value.last_cycle =
        seconds(std::clamp<std::int64_t>(object.at("last_cycle").as_int64(), 0, longest_cycle));
    if (auto const* asked = object.if_contains("asked_at")) {
        value.asked_at = system_clock::time_point(
            milliseconds(std::clamp<std::int64_t>(asked->as_int64(), 0, latest_time)));
    }
    if (auto const* order = object.if_contains("last_order")) {
        value.last_order = order_from_json(order->as_object());
    }
    return value;
} catch (std::exception const&) {
    return std::nullopt; // not JSON, or not what we write
}

state_file::state_file(std::filesystem::path path) : path_(std::move(path)) {
    auto const file = config::read_file(path_, max_size);
    if (file.missing) {
        return;
    }
    if (!file.content) {
        problem_ = file.problem;
    } else if (auto read = parse_state(*file.content)) {
        value_ = std::move(*read);
    } else {
        problem_ = "is damaged or of another version; it is replaced";
    }
}

std::string state_file::save(state value) {
    value_ = std::move(value);
    return replace_file(path_, format_state(value_));
}

milliseconds until_next_order(state const& value, milliseconds interval,
                              system_clock::time_point now) {
    if (!value.asked_at || *value.asked_at > now) {
        return value.asked_at ? interval : milliseconds(0);
    }
    auto const since = std::chrono::duration_cast<milliseconds>(now - *value.asked_at);
    return std::max(interval - since, milliseconds(0));
}

} // namespace trafikito::agent
