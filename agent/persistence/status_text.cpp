// The text of var/trafikito.status. It is written twice a cycle, so by hand: a document of JSON
// would cost as much as all else that is written then.
#include "agent/persistence/status.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <exception>
#include <stdexcept>

namespace trafikito::agent::persistence {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

constexpr std::int64_t version = 3;
constexpr std::int64_t version_before = 2;
constexpr std::size_t usual_size = 4096; ///< bytes, without commands and results
constexpr std::size_t size_of_a_command = 256;

/// Members of objects, one after the other.
class writer {
public:
    explicit writer(std::size_t room) { text_.reserve(room); }

    void open(char bracket) {
        text_ += bracket;
        first_ = true;
    }
    void close(char bracket) {
        text_ += bracket;
        first_ = false;
    }

    /// What follows is the value of that member, or the next element where `name` is empty.
    void name(std::string_view name) {
        text_ += first_ ? "" : ",";
        first_ = false;
        if (!name.empty()) {
            text_ += '"';
            text_ += name;
            text_ += "\":";
        }
    }

    template <std::integral Number>
    void add(std::string_view member, Number value) {
        name(member);
        std::array<char, 24> digits{};
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
        text_.append(digits.data(), end.ptr);
    }
    void add(std::string_view member, bool value) { raw(member, value ? "true" : "false"); }
    void add(std::string_view member, milliseconds value) { add(member, value.count()); }
    void add(std::string_view member, std::string_view value) {
        name(member);
        if (is_plain(value)) {
            text_ += '"';
            text_ += value;
            text_ += '"';
        } else {
            text_ += json::serialize(json::string_view(value.data(), value.size()));
        }
    }
    void add(std::string_view member, base::timestamp const& value) {
        name(member);
        open('{');
        add("wall", value.wall);
        add("up", value.up);
        add("boot", std::string_view(value.boot));
        close('}');
    }
    void add(std::string_view member, std::optional<base::timestamp> const& value) {
        value ? add(member, *value) : raw(member, "null");
    }
    /// JSON already.
    void raw(std::string_view member, std::string_view value) {
        name(member);
        text_ += value;
    }

    std::string take() { return std::move(text_); }

private:
    /// Stands in JSON as it is.
    static bool is_plain(std::string_view text) {
        return std::ranges::all_of(
            text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    }

    std::string text_;
    bool first_ = true;
};

void write_answer(writer& to, std::optional<status_answer> const& value) {
    if (!value) {
        to.raw("answer", "null");
        return;
    }
    to.name("answer");
    to.open('{');
    to.add("kind", std::string_view(value->kind));
    to.add("words", std::string_view(value->words));
    to.add("httpStatus", value->http_status);
    to.add("at", value->at);
    to.close('}');
}

void write_problems(writer& to, std::vector<base::lasting_problem> const& all) {
    to.name("problems");
    to.open('[');
    for (auto const& one : all) {
        to.name({});
        to.open('{');
        to.add("message", std::string_view(one.message));
        to.add("since", one.since);
        to.add("count", one.count);
        to.close('}');
    }
    to.close(']');
}

void write_commands(writer& to, std::vector<command_record> const& all) {
    to.name("commands");
    to.open('[');
    for (auto const& one : all) {
        to.name({});
        to.open('{');
        to.add("command", std::string_view(one.name));
        to.add("end", std::string_view(one.end));
        to.add("code", one.code);
        to.add("lastMs", one.last);
        to.add("usualMs", one.usual);
        to.add("ranUpMs", one.ran_up);
        to.add("runs", one.runs);
        to.add("failed", one.failed);
        to.add("timedOut", one.timed_out);
        to.add("cut", one.cut);
        to.add("notRun", one.not_run);
        to.close('}');
    }
    to.close(']');
}

/// What no clock shows would overflow the arithmetic of whoever reads it.
milliseconds span_from(json::value const& value) {
    constexpr std::int64_t longest = 9'000'000'000'000;
    return milliseconds(std::clamp<std::int64_t>(value.as_int64(), 0, longest));
}

/// Members that may be missing keep what they are.
class reader {
public:
    explicit reader(json::object const& from) : from_(from) {}

    void get(std::string_view name, std::string& to) const {
        if (auto const* found = find(name)) {
            to = json::value_to<std::string>(*found);
        }
    }
    void get(std::string_view name, bool& to) const {
        if (auto const* found = find(name)) {
            to = found->as_bool();
        }
    }
    template <std::integral Number>
    void get(std::string_view name, Number& to) const {
        if (auto const* found = find(name)) {
            to = json::value_to<Number>(*found);
        }
    }
    void get(std::string_view name, milliseconds& to) const {
        if (auto const* found = find(name)) {
            to = span_from(*found);
        }
    }
    void get(std::string_view name, std::optional<base::timestamp>& to) const {
        if (auto const* found = find(name)) {
            to = base::optional_timestamp_from(*found);
        }
    }
    [[nodiscard]] json::value const* find(std::string_view name) const {
        return from_.if_contains(json::string_view(name.data(), name.size()));
    }

private:
    json::object const& from_;
};

std::optional<status_answer> answer_from(json::value const& value) {
    if (value.is_null()) {
        return std::nullopt;
    }
    auto const& object = value.as_object();
    status_answer answer;
    reader const from(object);
    from.get("kind", answer.kind);
    from.get("words", answer.words);
    from.get("httpStatus", answer.http_status);
    answer.at = base::timestamp_from(object.at("at"));
    return answer;
}

base::lasting_problem problem_from(json::value const& value, base::timestamp const& started) {
    base::lasting_problem problem;
    if (value.is_string()) { // of an older agent
        problem.message = json::value_to<std::string>(value);
        problem.since = started;
        return problem;
    }
    auto const& object = value.as_object();
    problem.message = json::value_to<std::string>(object.at("message"));
    problem.since = base::timestamp_from(object.at("since"));
    problem.count = json::value_to<std::size_t>(object.at("count"));
    return problem;
}

command_record command_from(json::value const& value) {
    reader const from(value.as_object());
    command_record command;
    from.get("command", command.name);
    from.get("end", command.end);
    from.get("code", command.code);
    from.get("lastMs", command.last);
    from.get("usualMs", command.usual);
    from.get("ranUpMs", command.ran_up);
    from.get("runs", command.runs);
    from.get("failed", command.failed);
    from.get("timedOut", command.timed_out);
    from.get("cut", command.cut);
    from.get("notRun", command.not_run);
    return command;
}

void read_last_cycle(reader const& from, daemon_status& value) {
    from.get("cycleBegan", value.cycle_began);
    from.get("nextCycle", value.next_cycle);
    from.get("cycleEnded", value.cycle_ended);
    from.get("lastCycle", value.last_cycle);
    from.get("lastCycleEnd", value.last_end);
    from.get("lastCycleMs", value.last_took);
    from.get("lastCycleOnce", value.last_once);
    if (auto const* answer = from.find("answer")) {
        value.answer = answer_from(*answer);
    }
    if (!value.cycle_ended) {
        value.last_cycle.clear(); // an older agent tells of its start in there
    }
}

void read_counts(reader const& from, daemon_status& value) {
    from.get("cycles", value.cycles);
    from.get("skippedCycles", value.skipped);
    from.get("reportsAccepted", value.reports_accepted);
    from.get("cyclesInVain", value.in_vain);
    from.get("inVainSince", value.in_vain_since);
    from.get("reportsWaiting", value.reports_waiting);
    from.get("bytesWaiting", value.bytes_waiting);
    from.get("waitingSince", value.waiting_since);
}

/// The agent writes none; one that was read is not written again as it stood.
bool has_fraction(json::value const& value) {
    if (auto const* const array = value.if_array()) {
        return std::ranges::any_of(*array, has_fraction);
    }
    if (auto const* const object = value.if_object()) {
        return std::ranges::any_of(*object,
                                   [](auto const& each) { return has_fraction(each.value()); });
    }
    return value.is_double();
}

std::string results_from(json::value const& value) {
    if (has_fraction(value)) {
        throw std::invalid_argument("results with a number that is not whole");
    }
    return json::serialize(value);
}

daemon_status status_from(json::object const& object) {
    daemon_status value;
    reader const from(object);
    value.pid = object.at("pid").as_int64();
    value.start_ticks = json::value_to<std::uint64_t>(object.at("startTicks"));
    value.server_id = json::value_to<std::string>(object.at("serverId"));
    value.interval = span_from(object.at("intervalMs"));
    value.configured = value.interval;
    value.started = base::timestamp_from(object.at("started"));
    from.get("agentVersion", value.version);
    from.get("once", value.once);
    from.get("configuredIntervalMs", value.configured);
    from.get("ended", value.ended);
    from.get("endedBy", value.ended_by);
    from.get("reportAccepted", value.accepted);
    from.get("offeredVersion", value.offered_version);
    from.get("nothingRan", value.nothing_ran);
    read_last_cycle(from, value);
    read_counts(from, value);
    if (auto const* problems = from.find("problems")) {
        for (auto const& one : problems->as_array()) {
            value.problems.push_back(problem_from(one, value.started));
        }
    }
    if (auto const* commands = from.find("commands")) {
        for (auto const& one : commands->as_array()) {
            value.commands.push_back(command_from(one));
        }
    }
    value.results = results_from(object.at("results"));
    return value;
}

} // namespace

std::string format_lasting_part(daemon_status const& value) {
    writer to(usual_size + value.results.size() + value.commands.size() * size_of_a_command);
    to.add("pid", value.pid);
    to.add("startTicks", value.start_ticks);
    to.add("once", value.once);
    to.add("agentVersion", std::string_view(value.version));
    to.add("serverId", std::string_view(value.server_id));
    to.add("started", value.started);
    to.add("ended", value.ended);
    to.add("endedBy", std::string_view(value.ended_by));
    to.add("cycleEnded", value.cycle_ended);
    to.add("lastCycle", std::string_view(value.last_cycle));
    to.add("lastCycleEnd", std::string_view(value.last_end));
    to.add("lastCycleMs", value.last_took);
    to.add("lastCycleOnce", value.last_once);
    write_answer(to, value.answer);
    to.add("reportAccepted", value.accepted);
    to.add("cycles", value.cycles);
    to.add("skippedCycles", value.skipped);
    to.add("reportsAccepted", value.reports_accepted);
    to.add("cyclesInVain", value.in_vain);
    to.add("inVainSince", value.in_vain_since);
    to.add("reportsWaiting", value.reports_waiting);
    to.add("bytesWaiting", value.bytes_waiting);
    to.add("waitingSince", value.waiting_since);
    to.add("offeredVersion", std::string_view(value.offered_version));
    to.add("nothingRan", std::string_view(value.nothing_ran));
    write_problems(to, value.problems);
    write_commands(to, value.commands);
    to.raw("results", value.results);
    return to.take();
}

std::string format_status(daemon_status const& value, std::string_view lasting_part) {
    writer to(usual_size + lasting_part.size());
    to.open('{');
    to.add("version", version);
    to.add("intervalMs", value.interval);
    to.add("configuredIntervalMs", value.configured);
    to.add("cycleBegan", value.cycle_began);
    to.add("nextCycle", value.next_cycle);
    to.raw({}, lasting_part);
    to.close('}');
    return to.take() + "\n";
}

std::string format_status(daemon_status const& value) {
    return format_status(value, format_lasting_part(value));
}

std::optional<daemon_status> parse_status(std::string_view text) try {
    auto const document = json::parse({text.data(), text.size()});
    auto const& object = document.as_object();
    auto const written = object.at("version").as_int64();
    if (written != version && written != version_before) {
        return std::nullopt;
    }
    return status_from(object);
} catch (std::exception const&) {
    return std::nullopt; // not JSON, or not what we write
}

} // namespace trafikito::agent::persistence
