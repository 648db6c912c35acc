#include "server/people/ended_json.hpp"

#include "base/units.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstring>
#include <optional>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

constexpr double milliseconds = 1000;

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

std::string words_of_success(api::command_run const& run) {
    auto const took = run.duration_ms;
    return "exit 0" + (took ? " after " + base::in_seconds(std::chrono::milliseconds(*took)) : "");
}

} // namespace

json::value ended_commands::next_of(std::string_view command) {
    auto const ended = all_.next_of(command);
    if (!ended.run) {
        return nullptr;
    }
    auto const& run = *ended.run;
    return json::object{{"words", ended.words.empty() ? words_of_success(run) : ended.words},
                        {"good", ended.words.empty()},
                        {"exit", or_null(run.exit_code)},
                        {"signal", signal_or_null(run.signal)},
                        {"seconds", seconds_or_null(run.duration_ms)},
                        {"cpu_seconds", seconds_or_null(run.cpu_ms)},
                        {"memory_bytes", or_null(run.peak_memory)},
                        {"timed_out", run.timed_out},
                        {"leftovers", run.leftovers},
                        {"bytes_seen", or_null(run.bytes_seen)},
                        {"age_seconds", run.age_seconds}};
}

} // namespace trafikito::server::people
