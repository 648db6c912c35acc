// What a machine offers, what it is asked to run, how that ended last; and what its agent
// complained of.
#include "server/people/machine_endpoints.hpp"

#include "base/printable.hpp"
#include "net/api/order.hpp"
#include "server/api/available_list.hpp"
#include "server/people/answers.hpp"
#include "server/people/ended_json.hpp"
#include "server/people/json_values.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

constexpr std::size_t max_command_name = 128;
constexpr std::size_t max_feedback = 100;

bool is_command_name(std::string_view name) {
    return name.size() <= max_command_name && net::api::valid_name(name);
}

/// How the commands of a machine ended in its newest report.
struct last_run {
    std::optional<base::wall_time> at;
    ended_commands ended;
    std::set<std::string, std::less<>> sent;
};

last_run last_run_of(store::store& kept, std::string const& id) {
    last_run found;
    auto const newest = kept.last_reports(id, 1);
    if (newest.empty()) {
        return found;
    }
    found.at = newest.front().data_time();
    found.ended = ended_commands(kept.results(newest.front()));
    for (auto const& each : kept.outputs(newest.front())) {
        found.sent.insert(each.command);
    }
    return found;
}

json::object command_json(std::string const& name, std::string const* line, bool wanted,
                          last_run& last) {
    bool const ran = last.sent.contains(name);
    auto const ended = ran ? last.ended.next_of(name) : json::value(nullptr);
    auto const* const how = ended.if_object();
    json::value problem = nullptr;
    if (how != nullptr && !how->at("good").as_bool()) {
        problem = how->at("words");
    } else if (wanted && line == nullptr) {
        problem = "It is not in the list of this machine: it cannot run.";
    }
    return {{"name", name},
            {"line", line == nullptr ? json::value(nullptr) : json::value(*line)},
            {"listed", line != nullptr},
            {"wanted", wanted},
            {"problem", std::move(problem)},
            {"last_at", ran ? time_value(last.at) : json::value(nullptr)},
            {"ended", ended}};
}

http::response commands_json(store::store& kept, std::string const& id) {
    auto const row = require_server(kept, id);
    auto const lines = api::available_lines(row.available);
    auto last = last_run_of(kept, id);
    auto names = api::available_names(row.available);
    std::set<std::string, std::less<>> const listed(names.begin(), names.end());
    std::set<std::string, std::less<>> const wanted =
        row.wanted ? std::set<std::string, std::less<>>(row.wanted->begin(), row.wanted->end())
                   : listed;
    for (auto const& each : wanted) {
        if (!listed.contains(each)) {
            names.push_back(each);
        }
    }
    json::array commands;
    for (auto const& name : names) {
        auto const line = lines.find(name);
        commands.push_back(command_json(name, line == lines.end() ? nullptr : &line->second,
                                        wanted.contains(name), last));
    }
    return json_answer({{"all", !row.wanted.has_value()},
                        {"delay_seconds", row.delay.count()},
                        {"commands", std::move(commands)}});
}

struct new_order {
    std::optional<std::vector<std::string>> names;
    std::optional<std::chrono::seconds> delay;
};

std::vector<std::string> names_in(json::value const& given) {
    auto const* const list = given.if_array();
    if (list == nullptr || list->size() > machine_endpoints::max_ordered) {
        throw failure(invalid, "commands must be null, or a list of at most " +
                                   std::to_string(machine_endpoints::max_ordered) + " names.");
    }
    std::vector<std::string> names;
    for (auto const& each : *list) {
        auto const* const text = each.if_string();
        if (text == nullptr || !is_command_name({text->data(), text->size()})) {
            throw failure(invalid, "A command is named trafikito_…, of letters, digits and _.");
        }
        std::string name(text->begin(), text->end());
        if (std::ranges::find(names, name) == names.end()) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

new_order order_in(json::object const& body) {
    new_order wanted;
    auto const* const commands = body.if_contains("commands");
    if (commands == nullptr) {
        throw failure(invalid, "commands is missing: null, or a list of names.");
    }
    if (!commands->is_null()) {
        wanted.names = names_in(*commands);
    }
    if (auto const* const delay = body.if_contains("delay_seconds")) {
        auto const* const seconds = delay->if_int64();
        if (seconds == nullptr || *seconds < 0 || *seconds > machine_endpoints::max_delay) {
            throw failure(invalid, "delay_seconds must be a whole number from 0 to " +
                                       std::to_string(machine_endpoints::max_delay) + ".");
        }
        wanted.delay = std::chrono::seconds(*seconds);
    }
    return wanted;
}

} // namespace

answering machine_endpoints::commands(call_ptr what) {
    auto read = [id = what->parts.at(0)](store::store& kept) { return commands_json(kept, id); };
    auto work = with_.reads.run(0, std::move(read));
    auto answer = co_await std::move(work);
    co_return answer;
}

// It can name commands; what a name runs stands on the machine.
answering machine_endpoints::set_order(call_ptr what) {
    auto const wanted = order_in(body_of(*what));
    auto set = [id = what->parts.at(0), wanted](store::store& kept) {
        require_server(kept, id);
        kept.set_wanted(id, wanted.names);
        if (wanted.delay) {
            kept.set_delay(id, *wanted.delay);
        }
        return commands_json(kept, id);
    };
    auto work = with_.writes.run(0, std::move(set));
    auto answer = co_await std::move(work);
    with_.servers_changed();
    with_.log.info(what->who.name + " changed which commands " + base::for_line(what->parts.at(0)) +
                   " is asked to run");
    co_return answer;
}

answering machine_endpoints::feedback(call_ptr what) {
    auto read = [id = what->parts.at(0)](store::store& kept) {
        require_server(kept, id);
        auto rows = kept.feedback(id);
        std::ranges::reverse(rows);
        rows.resize(std::min(rows.size(), max_feedback));
        json::array list;
        for (auto const& each : rows) {
            list.push_back(json::object{{"at", to_milliseconds(each.received)},
                                        {"code", each.code},
                                        {"message", each.message},
                                        {"details", each.details}});
        }
        return json_answer({{"feedback", std::move(list)}});
    };
    auto work = with_.reads.run(0, std::move(read));
    auto answer = co_await std::move(work);
    co_return answer;
}

} // namespace trafikito::server::people
