#include "server/people/ended_json.hpp"

#include "base/units.hpp"
#include "server/people/json_values.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

constexpr double milliseconds = 1000;
constexpr std::int64_t most = std::int64_t{1} << 53U; // what a browser counts to

std::optional<std::int64_t> number(json::object const& of, std::string_view name) {
    auto const* const value = of.if_contains(name);
    auto const* const whole = value == nullptr ? nullptr : value->if_int64();
    return whole == nullptr || *whole < 0 || *whole > most ? std::nullopt : std::optional(*whole);
}

json::value or_null(std::optional<std::int64_t> const& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::value seconds_or_null(std::optional<std::int64_t> const& value) {
    return value ? json::value(static_cast<double>(*value) / milliseconds) : json::value(nullptr);
}

json::value signal_or_null(std::optional<std::int64_t> const& value) {
    bool const known = value && *value > 0 && *value < 65;
    auto const* const name = known ? ::sigabbrev_np(static_cast<int>(*value)) : nullptr;
    return name != nullptr ? json::value(name)
           : value         ? json::value(std::to_string(*value))
                           : json::value(nullptr);
}

bool is_true(json::object const& of, std::string_view name) {
    auto const* const value = of.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

json::object* find(json::array& results, std::string_view command) {
    for (auto& each : results) {
        auto* const one = each.if_object();
        auto const* const name = one == nullptr ? nullptr : one->if_contains("command");
        auto const* const text = name == nullptr ? nullptr : name->if_string();
        if (text != nullptr && std::string_view(text->data(), text->size()) == command) {
            return one;
        }
    }
    return nullptr;
}

std::string words_of_success(json::object const& one) {
    auto const took = number(one, "durationMs");
    return "exit 0" + (took ? " after " + base::in_seconds(std::chrono::milliseconds(*took)) : "");
}

} // namespace

ended_commands::ended_commands(std::string_view results)
    : results_(api::parse_results(results).value_or(json::array())), words_(results) {}

json::value ended_commands::next_of(std::string_view command) {
    auto const words = words_.next_of(command).words;
    auto* const found = find(results_, command);
    if (found == nullptr) {
        return nullptr;
    }
    auto const one = *found;
    found->clear(); // the next section of that name is another run
    auto peak = number(one, "peakMemory");
    if (!peak) {
        peak = number(one, "peakMemoryAtMost");
    }
    auto const leftovers =
        number(one, "leftoversKilled").value_or(0) + number(one, "unkillable").value_or(0);
    return json::object{{"words", text_value(words.empty() ? words_of_success(one) : words)},
                        {"good", words.empty()},
                        {"exit", or_null(number(one, "exitCode"))},
                        {"signal", signal_or_null(number(one, "signal"))},
                        {"seconds", seconds_or_null(number(one, "durationMs"))},
                        {"cpu_seconds", seconds_or_null(number(one, "cpuMs"))},
                        {"memory_bytes", or_null(peak)},
                        {"timed_out", is_true(one, "timedOut")},
                        {"leftovers", leftovers},
                        {"bytes_seen", or_null(number(one, "bytesSeen"))},
                        {"age_seconds", number(one, "ageSeconds").value_or(0)}};
}

} // namespace trafikito::server::people
