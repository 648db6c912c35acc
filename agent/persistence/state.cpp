#include "agent/persistence/state.hpp"

#include "base/checksum.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "config/load.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <system_error>

namespace trafikito::agent::persistence {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::int64_t version = 2;
constexpr std::string_view sum_mark = "crc32 ";
constexpr std::size_t max_size = 4UL * 1024 * 1024;
constexpr std::int64_t longest_cycle = 86'400;      ///< seconds
constexpr std::int64_t longest_interval = 3'600;    ///< seconds, of the API's least one
constexpr std::int64_t longest_pause = 172'800'000; ///< milliseconds: interval and DELAY

json::object order_to_json(net::api::order const& value) {
    return {{"token", value.token},
            {"names", json::value_from(value.names)},
            {"version", value.version},
            {"delay", value.delay.count()},
            {"widgets", json::value_from(value.widgets)}};
}

net::api::order order_from_json(json::object const& object) {
    net::api::order value;
    value.token = json::value_to<std::string>(object.at("token"));
    value.names = json::value_to<std::vector<std::string>>(object.at("names"));
    value.version = json::value_to<std::string>(object.at("version"));
    value.delay = seconds(std::clamp<std::int64_t>(object.at("delay").as_int64(), 0, 86'400));
    value.widgets = json::value_to<std::vector<std::string>>(object.at("widgets"));
    // The file is ours, yet a name out of it is trusted no more than one from the network.
    for (auto& name : value.names) {
        name = net::api::valid_name(name) ? name : net::api::refused_name(name);
    }
    return value;
}

/// The first line of a text whose second one is its checksum.
std::optional<std::string_view> checked(std::string_view text) {
    auto const line = text.substr(0, text.find('\n'));
    auto rest = text.substr(std::min(line.size() + 1, text.size()));
    if (!rest.starts_with(sum_mark) || !rest.ends_with('\n')) {
        return std::nullopt;
    }
    rest = rest.substr(sum_mark.size(), rest.size() - sum_mark.size() - 1);
    return base::number_in<std::uint32_t>(rest) == base::checksum(line) ? std::optional(line)
                                                                        : std::nullopt;
}

json::object identity_to_json(state const& value) {
    return {{"of", value.identity},
            {"machine", value.machine},
            {"machineWanted", value.machine_wanted},
            {"leastInterval", value.least_interval.count()},
            {"tooEarly", value.refused_as_too_early}};
}

/// Of whom this file is. One of before it was kept has none of it.
void read_identity(json::object const& object, state& value) {
    auto const* const member = object.if_contains("identity");
    if (member == nullptr || !member->is_object()) {
        return;
    }
    auto const& identity = member->get_object();
    value.identity = json::value_to<std::string>(identity.at("of"));
    value.machine = json::value_to<std::string>(identity.at("machine"));
    value.machine_wanted = identity.at("machineWanted").as_bool();
    value.least_interval = seconds(
        std::clamp<std::int64_t>(identity.at("leastInterval").as_int64(), 0, longest_interval));
    value.refused_as_too_early = static_cast<unsigned>(identity.at("tooEarly").as_int64() & 0xFFFF);
}

state state_from(json::object const& object) {
    state value;
    value.asked_at = base::optional_timestamp_from(object.at("askedAt"));
    value.pause =
        milliseconds(std::clamp<std::int64_t>(object.at("pauseMs").as_int64(), 0, longest_pause));
    auto const* const in_step = object.if_contains("inStep"); // of an older agent, most are
    value.in_step = in_step == nullptr || in_step->as_bool();
    value.last_cycle =
        seconds(std::clamp<std::int64_t>(object.at("lastCycle").as_int64(), 0, longest_cycle));
    value.edge = json::value_to<std::string>(object.at("edge"));
    if (auto const* next = object.if_contains("nextCommand")) { // an older agent wrote none
        value.next_command = json::value_to<std::string>(*next);
    }
    if (auto const* order = object.at("lastOrder").if_object()) {
        value.last_order = order_from_json(*order);
    }
    read_identity(object, value);
    return value;
}

} // namespace

std::string format_state(state const& value) {
    json::object const object{
        {"version", version},
        {"askedAt", base::to_json(value.asked_at)},
        {"pauseMs", value.pause.count()},
        {"inStep", value.in_step},
        {"lastCycle", value.last_cycle.count()},
        {"edge", value.edge},
        {"nextCommand", value.next_command},
        {"lastOrder", value.last_order ? json::value(order_to_json(*value.last_order)) : nullptr},
        {"identity", identity_to_json(value)}};
    auto text = json::serialize(object);
    auto const sum = base::checksum(text);
    text += '\n';
    text += sum_mark;
    text += std::to_string(sum) + '\n';
    return text;
}

std::optional<state> parse_state(std::string_view text) try {
    auto const line = checked(text);
    if (!line) {
        return std::nullopt;
    }
    auto const document = json::parse({line->data(), line->size()});
    auto const& object = document.as_object();
    if (object.at("version").as_int64() != version) {
        return std::nullopt;
    }
    return state_from(object);
} catch (std::exception const&) {
    return std::nullopt; // not JSON, or not what we write
}

std::filesystem::path state_file_in(std::filesystem::path const& var_dir) {
    return var_dir / "trafikito.state";
}

std::optional<state> look_at_state(std::filesystem::path const& var_dir) {
    auto const file = read_recorded(state_file_in(var_dir), max_size);
    return file.content ? parse_state(*file.content) : std::nullopt;
}

bool must_be_synced(state const& on_disk, state const& now) {
    bool const later =
        now.asked_at && (!on_disk.asked_at ||
                         now.asked_at->wall + now.pause > on_disk.asked_at->wall + on_disk.pause ||
                         now.asked_at->up + now.pause > on_disk.asked_at->up + on_disk.pause);
    bool const other_order =
        now.last_order.has_value() != on_disk.last_order.has_value() ||
        (now.last_order && (now.last_order->names != on_disk.last_order->names ||
                            now.last_order->delay != on_disk.last_order->delay));
    return later || other_order || now.identity != on_disk.identity ||
           now.machine != on_disk.machine || now.machine_wanted != on_disk.machine_wanted ||
           now.least_interval != on_disk.least_interval ||
           now.refused_as_too_early != on_disk.refused_as_too_early;
}

state_file::state_file(std::filesystem::path path)
    : file_(std::move(path), base::durability::synced) {
    auto const file = read_recorded(file_.path(), max_size);
    if (file.missing) {
        return;
    }
    auto read = file.content ? parse_state(*file.content) : std::nullopt;
    if (read) {
        value_ = std::move(*read);
        if (!file.half_damaged) {
            return;
        }
    }
    auto aside = file_.path();
    aside += ".damaged";
    std::error_code failed;
    std::filesystem::rename(file_.path(), aside, failed);
    auto const damage = read           ? "is damaged in one of its halves; the other one is used"
                        : file.content ? "is damaged or of another version"
                                       : file.problem;
    problem_ = file_.path().string() + " " + damage +
               (failed ? "" : "; set aside as " + aside.filename().string());
}

std::string state_file::save(state value) {
    value_ = std::move(value);
    return write(base::durability::synced);
}

std::string state_file::note(state value) {
    value_ = std::move(value);
    bool const must = !on_disk_ || must_be_synced(*on_disk_, value_);
    return write(must ? base::durability::synced : base::durability::none);
}

std::string state_file::write(base::durability wanted) {
    auto const failed = file_.write(format_state(value_), wanted);
    if (wanted == base::durability::synced) {
        on_disk_ = failed ? std::nullopt : std::optional(value_);
    }
    return base::cannot_write(file_.path(), failed);
}

void log_saving(base::log& log, std::string const& problem) {
    log.on_change(base::severity::warning, "state",
                  problem.empty() ? ""
                                  : problem + "; after a restart the API may be asked too early",
                  "the agent's state is on the disk again");
}

} // namespace trafikito::agent::persistence
