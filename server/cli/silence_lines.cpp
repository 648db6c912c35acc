#include "server/cli/silence_lines.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "server/api/available_list.hpp"
#include "server/api/next_order.hpp"
#include "server/cli/lateness.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/token_list.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::cli {

namespace {

using std::chrono::seconds;
using line = silence::line;
namespace refused = store::refused;

constexpr std::size_t max_strangers_shown = 5;

std::string times(std::int64_t number) {
    return base::count_of(static_cast<std::size_t>(std::max<std::int64_t>(0, number)), "time");
}

line server_line(house const& server) {
    auto text =
        server.data.string() + " is " +
        (!server.served_by        ? "served by no process"
         : *server.served_by == 0 ? "served"
                                  : "served by process " + std::to_string(*server.served_by));
    if (!server.url.empty()) {
        text += " at " + base::for_line(server.url, 300);
    }
    bool low = false;
    if (server.database) {
        text += ", the database is " + base::for_line(*server.database, 300);
        text += server.served_elsewhere ? ", which another one serves" : "";
    } else if (server.room) {
        text += ", " + base::in_bytes(server.room->bytes) + " free";
        low = server.room->bytes < little_room || server.room->files < few_files;
    }
    auto const ill =
        server.served_by ? in_words(server.pulse, *server.served_by, server.data) : server.no_start;
    text += ill.empty() ? "" : "; " + base::for_line(ill, 600);
    text += server.lost.empty() ? "" : "; its database was deleted";
    return {"server", text,
            (!server.served_by && !server.served_elsewhere) || low || server.pulse.is_ill() ||
                !server.lost.empty()};
}

line agent_line(store::server_row const& server) {
    auto const system = server.os.os + (server.os.release.empty() ? "" : " " + server.os.release);
    auto text =
        server.agent.empty() ? std::string("not known before its first order") : cell(server.agent);
    text += system.empty() ? "" : " on " + cell(system);
    if (server.interval) {
        text += ", a report in " + base::in_words(*server.interval);
    }
    return {"agent", text, false};
}

line order_line(machine_facts const& facts) {
    auto const& server = *facts.server;
    auto const order = api::next_order(server);
    auto text = server.last_order ? "asked for " + time_and_age(*server.last_order, facts.now)
                                  : std::string("never asked for");
    if (order.names.empty()) {
        text += "; it names nothing";
    } else {
        text += "; it names " + base::count_of(order.names.size(), "command") +
                (server.wanted ? "" : ", all that its list offers");
    }
    if (order.delay.count() != 0) {
        text += ", " + base::in_words(order.delay) + " later than due";
    }
    return {"order", text, !server.last_order || order.names.empty()};
}

line report_line(machine_facts const& facts) {
    auto const& server = *facts.server;
    if (!server.last_report) {
        return {"report", "none has come", true};
    }
    auto text = "came " + time_and_age(*server.last_report, facts.now);
    if (server.last_data && *server.last_report - *server.last_data >= seconds(1)) {
        text += ", newest data of " + time_in_table(*server.last_data);
    }
    text +=
        "; " + base::count_of(static_cast<std::size_t>(facts.reports), "report") + ", " +
        base::in_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, server.kept_bytes))) +
        " kept";
    if (is_recent(server.quota_reached, facts.now)) {
        text += ", the oldest give way (`serve --machine-quota`)";
    }
    return {"report", text, is_late(server, facts.now)};
}

std::string in_words(store::refusal const& one, base::wall_time now) {
    auto const what = one.kind == refused::wrong_key      ? std::string("a wrong api_key")
                      : one.kind == refused::too_early    ? "an order before its time"
                      : one.kind == refused::told_to_stop ? "told to stop, as it was removed"
                      : one.kind == refused::tls   ? "does not trust our certificate: " + one.words
                      : one.kind == refused::clock ? clock_in_words(one)
                                                   : one.words;
    return base::for_line(what, 300) + ": " + times(one.times) + " since " +
           time_in_table(one.first) + ", last " + time_and_age(one.last, now) + " from " +
           cell(one.address, 200);
}

void add_refusals(machine_facts const& facts, std::vector<line>& to) {
    for (auto const& one : facts.refused) {
        bool const over = facts.server && facts.server->last_report &&
                          one.last < *facts.server->last_report && !is_recent(one.last, facts.now);
        to.push_back({"refused", in_words(one, facts.now), !over});
    }
    // What came from its address may have been another machine.
    std::size_t shown = 0;
    for (auto const& one : facts.strangers) {
        if (++shown > max_strangers_shown) {
            break;
        }
        to.push_back(
            {facts.server && !facts.server->last_address.empty() ? "its address" : "somebody",
             in_words(one, facts.now), false});
    }
}

void add_server(machine_facts const& facts, std::vector<line>& to) {
    auto const& server = *facts.server;
    to.push_back({"enrolled", time_and_age(server.created, facts.now), false});
    to.push_back(agent_line(server));
    to.push_back({"address",
                  server.last_address.empty() ? "not known before its first order"
                                              : cell(server.last_address, 200),
                  false});
    to.push_back(order_line(facts));
    to.push_back(report_line(facts));
    if (is_recent(server.several_machines, facts.now)) {
        to.push_back({"machines",
                      "more than one asks with its identity, noticed " +
                          times(server.several_machines_times) + ", last at " +
                          time_in_table(*server.several_machines),
                      true});
    }
    if (facts.complaint) {
        to.push_back({"complaint",
                      cell(facts.complaint->code) + " " +
                          base::for_line(facts.complaint->message, 200) + ", " +
                          time_and_age(facts.complaint->received, facts.now),
                      false});
    }
}

std::string_view word_of(store::token_state state) {
    switch (state) {
    case store::token_state::expired:
        return "expired";
    case store::token_state::not_yet:
        return "of a time that this clock has not reached";
    case store::token_state::used_up:
        return "used";
    case store::token_state::revoked:
        return "revoked";
    case store::token_state::valid:
        break;
    }
    return "valid";
}

void add_what_is_not_there(machine_facts const& facts, std::vector<line>& to) {
    if (facts.removed) {
        to.push_back({"removed",
                      cell(facts.removed->name, 200) + " (" + cell(facts.removed->id, 200) + ") " +
                          time_and_age(facts.removed->removed, facts.now),
                      true});
    } else {
        to.push_back({"enrolled", "no server has that id or name", true});
    }
    for (auto const& token : facts.tokens) {
        to.push_back({"token",
                      id_of(token.digest) + " of " + time_in_table(token.created) + " is " +
                          std::string(word_of(state_of(token, facts.now))) + ", until " +
                          time_in_table(token.ends),
                      false});
    }
}

} // namespace

std::string clock_in_words(store::refusal const& one) {
    auto const at = one.words.rfind(": ");
    auto const said = at == std::string::npos ? std::string() : one.words.substr(at + 2);
    auto const time = base::parse_utc_time(said);
    if (!time) {
        return base::for_line(one.words, 200);
    }
    auto const ahead = std::chrono::floor<seconds>(*time - one.last);
    if (ahead.count() > 0) {
        return "a report that came at " + time_in_table(one.last) + " said that it was collected " +
               base::in_words(ahead) + " later";
    }
    return "a report that came at " + time_in_table(one.last) + " said that it was collected at " +
           said;
}

std::vector<silence::line> lines_of(machine_facts const& facts) {
    std::vector<line> all{server_line(facts.server_itself)};
    facts.server ? add_server(facts, all) : add_what_is_not_there(facts, all);
    add_refusals(facts, all);
    return all;
}

} // namespace trafikito::server::cli
