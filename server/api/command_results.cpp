#include "server/api/command_results.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace trafikito::server::api {

namespace {

namespace json = boost::json;

std::optional<std::int64_t> number(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    auto const* const whole = value == nullptr ? nullptr : value->if_int64();
    return whole == nullptr ? std::nullopt : std::optional(*whole);
}

std::optional<std::string_view> text(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    auto const* const string = value == nullptr ? nullptr : value->if_string();
    return string == nullptr ? std::nullopt
                             : std::optional(std::string_view(string->data(), string->size()));
}

bool is_true(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> count(json::object const& object, std::string_view name) {
    constexpr std::int64_t most = std::int64_t{1} << 53U;
    auto const found = number(object, name);
    return found && *found >= 0 && *found <= most ? found : std::nullopt;
}

command_run run_of(json::object const& one) {
    auto const peak = count(one, "peakMemory");
    return {.exit_code = count(one, "exitCode"),
            .signal = count(one, "signal"),
            .duration_ms = count(one, "durationMs"),
            .cpu_ms = count(one, "cpuMs"),
            .peak_memory = peak ? peak : count(one, "peakMemoryAtMost"),
            .bytes_seen = count(one, "bytesSeen"),
            .timed_out = is_true(one, "timedOut"),
            .leftovers =
                count(one, "leftoversKilled").value_or(0) + count(one, "unkillable").value_or(0),
            .age_seconds = count(one, "ageSeconds").value_or(0)};
}

std::string after(json::object const& one) {
    auto const took = number(one, "durationMs");
    if (!took || *took < 0) {
        return "";
    }
    constexpr std::chrono::milliseconds minutes_from = std::chrono::minutes(2);
    std::chrono::milliseconds const span(*took);
    return " after " + (span < minutes_from ? base::in_seconds(span) : base::in_words(span));
}

std::string signal_name(std::int64_t number) {
    bool const known = number > 0 && number < 65;
    auto const* const described = known ? ::sigdescr_np(static_cast<int>(number)) : nullptr;
    return "signal " + std::to_string(number) +
           (described == nullptr ? "" : " (" + std::string(described) + ")");
}

std::string what_happened(json::object const& one) {
    if (auto const reason = text(one, "notRun")) {
        return "not run: " + base::for_line(*reason, 300);
    }
    auto const code = number(one, "exitCode");
    auto const signal = number(one, "signal");
    if (is_true(one, "abandoned")) {
        return "could not be killed and was left behind" + after(one);
    }
    if (is_true(one, "timedOut")) {
        return "timed out: stopped by the agent" + after(one) +
               (signal ? ", by " + signal_name(*signal) : "") +
               (code ? ", its exit code was " + std::to_string(*code) : "");
    }
    if (signal) {
        return "killed by " + signal_name(*signal) + after(one);
    }
    return code && *code != 0 ? "failed: exit code " + std::to_string(*code) + after(one) : "";
}

/// What agent/cycle/sections.cpp writes into the report for the same.
std::vector<std::string_view> notes_of(json::object const& one) {
    if (text(one, "notRun")) {
        return {"[trafikito-agent: not run: ", "[trafikito-agent: not started: "};
    }
    if (is_true(one, "abandoned")) {
        return {"[trafikito-agent: could not be killed; ", "[trafikito-agent: stopped after "};
    }
    if (is_true(one, "timedOut")) {
        return {"[trafikito-agent: stopped after "};
    }
    return {};
}

} // namespace

std::optional<json::array> parse_results(std::string_view text) {
    boost::system::error_code failed;
    auto value = json::parse({text.data(), text.size()}, failed);
    auto* const all = failed ? nullptr : value.if_array();
    return all == nullptr ? std::nullopt : std::optional(std::move(*all));
}

command_results::command_results(std::string_view results)
    : results_(parse_results(results).value_or(json::array())) {}

std::string_view ended_command::without_notes(std::string_view output) const {
    while (!output.empty()) {
        auto const end = output.size() - (output.back() == '\n' ? 1 : 0);
        auto const newline = output.substr(0, end).rfind('\n');
        auto const begin = newline == std::string_view::npos ? 0 : newline + 1;
        auto const last = output.substr(begin, end - begin);
        if (std::ranges::none_of(notes, [&](auto each) { return last.starts_with(each); })) {
            break;
        }
        output = output.substr(0, begin);
    }
    return output;
}

ended_command command_results::next_of(std::string_view command) {
    auto* const found = std::ranges::find_if(results_, [&](json::value const& each) {
        auto const* const one = each.if_object();
        return one != nullptr && text(*one, "command") == command;
    });
    if (found == results_.end()) {
        return {};
    }
    auto const taken = found->get_object();
    found->emplace_null(); // the next section of that name is another run
    ended_command ended{what_happened(taken), {}, run_of(taken)};
    if (ended.words.empty()) {
        return ended;
    }
    ended.notes = notes_of(taken);
    if (auto const age = number(taken, "ageSeconds"); age && *age >= 0) {
        ended.words += ", " + base::in_words(std::chrono::seconds(*age)) + " before this report";
        ended.notes.emplace_back("[trafikito-agent: from ");
    }
    return ended;
}

} // namespace trafikito::server::api
