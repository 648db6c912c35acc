// What a shell offers next: commands, options, and the names of servers and their commands, as far
// as this user may read the database. Silent where something is wrong: nobody asked.
#include "config/completion.hpp"
#include "server/api/available_list.hpp"
#include "server/cli/command_line.hpp"
#include "server/cli/data_directory.hpp"

#include <exception>

namespace trafikito::server::cli {

namespace {

constexpr std::string_view name_prefix = "trafikito_";

std::vector<config::candidate> servers_of(store::store& store) {
    std::vector<config::candidate> found;
    for (auto const& each : store.servers()) {
        found.push_back({each.name, each.id});
    }
    return found;
}

/// `uptime`, or as it was begun: `trafikito_uptime`, `+uptime`, `-uptime`.
std::string written_as(std::string_view begun, std::string const& name) {
    std::string sign;
    if (begun.starts_with('+') || begun.starts_with('-')) {
        sign = begun.front();
        begun.remove_prefix(1);
    }
    bool const whole =
        !begun.empty() && name_prefix.starts_with(begun.substr(0, name_prefix.size()));
    return sign +
           (whole || !name.starts_with(name_prefix) ? name : name.substr(name_prefix.size()));
}

std::vector<config::candidate> commands_of(store::store& store, config::completion const& asked) {
    std::vector<config::candidate> found;
    auto const server = asked.given("SERVER");
    for (auto const& each : store.servers()) {
        if (server && *server != each.name && *server != each.id) {
            continue;
        }
        for (auto const& name : api::available_names(each.available)) {
            found.push_back({written_as(asked.begun(), name), {}});
        }
    }
    return found;
}

std::vector<config::candidate> people_of(store::store& store) {
    std::vector<config::candidate> found;
    for (auto const& each : store.people()) {
        found.push_back({each.name, std::string(word_of(each.role))});
    }
    return found;
}

std::vector<config::candidate> from_database(config::completion const& asked) {
    try {
        auto const data = asked.given("--data");
        data_place where;
        where.directory = data ? std::optional<std::filesystem::path>(*data) : std::nullopt;
        where.database = asked.given("--database");
        auto store = open_store(where, store::access::read_only);
        if (asked.value() == "PERSON") {
            return people_of(store);
        }
        return asked.value() == "SERVER" ? servers_of(store) : commands_of(store, asked);
    } catch (std::exception const&) {
        return {}; // no database, or not for this user
    }
}

} // namespace

int run(complete_options const& options, base::console& to) {
    auto asked = complete(options.words);
    if (asked.value() == "LEVEL") {
        asked.offer(config::choices("debug info warning error"));
    } else if (asked.value() == "FORMAT") {
        asked.offer(config::choices("text json"));
    } else if (asked.value() == "ROLE") {
        asked.offer(config::choices("reader administrator"));
    } else if (asked.value() == "on|off") {
        asked.offer(config::choices("on off"));
    } else if (asked.value() == "SERVER" || asked.value() == "PERSON" ||
               (asked.value() == "NAME" &&
                (asked.named_command() == "order" || asked.named_command() == "outputs"))) {
        asked.offer(from_database(asked));
    }
    to.out << asked.text();
    return 0;
}

} // namespace trafikito::server::cli
