// What is wrong, of all that is known: the first in the order in which one rules out the other.
#include "server/cli/silence.hpp"

#include "base/printable.hpp"
#include "base/shell_quoting.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "server/api/next_order.hpp"
#include "server/cli/lateness.hpp"
#include "server/cli/order_change.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/silence_house.hpp"
#include "server/cli/silence_lines.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trafikito::server::cli {

namespace {

using std::chrono::seconds;
namespace refused = store::refused;

/// How a machine is told to look by itself.
constexpr char const* ask_there = "on that machine `trafikito-agent why` says what keeps it";
/// An order is run and its report sent within so long, by the agent's own limits.
constexpr seconds report_due{120};
/// One that has asked for that long and sent nothing is waited for no more.
constexpr seconds longest_wait{600};

std::string shown(std::string const& name) {
    return cell(name, 200);
}

std::string said(store::refusal const& one) {
    return base::for_line(one.words, 300);
}

std::string enrol_again(std::string const& name) {
    return "`trafikito-server enroll-command --server-name " + base::shell_quoted(name) +
           "` prints the line that enrols it";
}

// ---- of one that there is not

verdict of_removed(machine_facts const& facts) {
    auto const& removed = *facts.removed;
    auto text = shown(removed.name) + " was removed here (" +
                time_and_age(removed.removed, facts.now) + "), and its agent is told to stop";
    auto const stop =
        std::ranges::find(facts.refused, refused::told_to_stop, &store::refusal::kind);
    if (stop != facts.refused.end()) {
        text += ", last at " + time_in_table(stop->last);
    }
    return {"removed", text + "; if that was a mistake, " + enrol_again(removed.name) + " anew"};
}

verdict of_stranger(machine_facts const& facts) {
    auto const& last = facts.refused.front();
    return {"unknown_id",
            "a machine at " + shown(last.address) + " asks with the server_id " +
                shown(facts.asked) + ", which no server here has (" +
                base::count_of(static_cast<std::size_t>(last.times), "time") + ", last at " +
                time_in_table(last.last) +
                "): it was enrolled at another server or in another data directory, "
                "so enrol it here: `trafikito-server enroll-command` prints the line"};
}

verdict of_token(machine_facts const& facts) {
    auto const& token = facts.tokens.back();
    auto const name = shown(facts.asked);
    auto const made = time_in_table(token.created);
    switch (state_of(token, facts.now)) {
    case store::token_state::valid:
        return {"not_enrolled", "no machine has been enrolled as " + name + " yet: the token of " +
                                    made + " is valid until " + time_in_table(token.ends) +
                                    " and was not used, so run the line that `enroll-command` "
                                    "printed then on that machine, or have a new one printed"};
    case store::token_state::not_yet:
        return {"clock", "the token for " + name + " was made at " + made +
                             ", which this clock has not reached: set this machine's clock"};
    case store::token_state::revoked:
        return {"token_revoked", "no machine was enrolled as " + name + ": its token of " + made +
                                     " was revoked; " + enrol_again(facts.asked)};
    case store::token_state::used_up:
        return {"renamed", "the token for " + name + " of " + made +
                               " was used, and the server that it made is not there any more or "
                               "has another name: `trafikito-server servers` lists them"};
    case store::token_state::expired:
        break;
    }
    return {"token_expired", "no machine was enrolled as " + name + ": the token of " + made +
                                 " expired at " + time_in_table(token.ends) +
                                 " without being used; " + enrol_again(facts.asked)};
}

verdict of_nobody(machine_facts const& facts) {
    auto const name = shown(facts.asked);
    if (!facts.of_that_name.empty()) {
        std::string ids;
        for (auto const& id : facts.of_that_name) {
            ids += (ids.empty() ? "" : ", ") + shown(id);
        }
        return {"several", std::to_string(facts.of_that_name.size()) + " servers are called " +
                               name + " (" + ids + "): ask for one of them by its id"};
    }
    if (facts.removed) {
        return of_removed(facts);
    }
    if (!facts.refused.empty()) {
        return of_stranger(facts);
    }
    if (!facts.tokens.empty()) {
        return of_token(facts);
    }
    if (!facts.nearest.empty()) {
        return {"no_such_server", "there is no server " + name + ", did you mean " +
                                      shown(facts.nearest) + "? `trafikito-server why " +
                                      base::shell_quoted(facts.nearest) + "`"};
    }
    return {"no_such_server", "there is no server " + name +
                                  ", and no token was made for it: " + enrol_again(facts.asked)};
}

// ---- of what was refused

std::string how_often(store::refusal const& one) {
    return base::count_of(static_cast<std::size_t>(one.times), "time") + " since " +
           time_in_table(one.first) + ", last at " + time_in_table(one.last) + " from " +
           shown(one.address);
}

verdict of_refusal(store::refusal const& one, machine_facts const& facts) {
    auto const name = shown(facts.server->name);
    auto const word = base::shell_quoted(facts.server->name);
    if (one.kind == refused::wrong_key) {
        return {"wrong_key", "the agent of " + name + " shows a wrong api_key (" + how_often(one) +
                                 "): `trafikito-server servers new-key " + word +
                                 "` prints a new one, which belongs into the trafikito.cfg of that "
                                 "machine"};
    }
    if (one.kind == refused::too_early) {
        return {"too_early", "the agent of " + name +
                                 " asks more often than this server lets it (" + how_often(one) +
                                 "): set `interval` in its trafikito.cfg to --min-interval or "
                                 "more, or serve with a shorter --min-interval"};
    }
    if (one.kind == "too_large" || (one.kind == refused::http && one.words.starts_with("413"))) {
        return {"too_large",
                "the reports of " + name + " are too large and are refused (" + how_often(one) +
                    ": " + said(one) +
                    "): set `max_report = 8MiB` (what an agent has by itself) or less "
                    "in its trafikito.cfg, or order fewer commands with `trafikito-server order " +
                    word + " -NAME`"};
    }
    if (one.kind == "too_many_reports") {
        return {"too_many_reports", "more is sent as " + name + " than one machine may send (" +
                                        how_often(one) +
                                        "): look whether two machines have its identity, or serve "
                                        "with a larger --machine-rate"};
    }
    if (one.kind == refused::tls) {
        return {"distrust", "whoever asks from " + shown(one.address) +
                                " does not trust this server's certificate (" + how_often(one) +
                                ": " + said(one) + "): " + how_to_trust(facts.server_itself, name)};
    }
    if (one.kind == refused::room) {
        return {"no_room", "this server had no room for whoever comes from " + shown(one.address) +
                               " (" + how_often(one) +
                               "): others hold all connections, its log says who; serve with a "
                               "larger --max-connections where they are your own machines"};
    }
    return {one.kind, "what the agent of " + name + " sends is refused (" + how_often(one) + ": " +
                          said(one) + "): " + ask_there};
}

/// Nobody else's request was refused there, and another report would have come already: so it is
/// told before its reports are late.
bool is_of_it_alone(store::refusal const& one, store::server_row const& server) {
    if (one.kind == refused::wrong_key) { // a copy may have the id
        return one.address == server.last_address;
    }
    return one.kind != refused::too_early && one.kind != refused::tls && one.kind != refused::room;
}

/// The last that was refused, where nothing came since: an agent that keeps trying fails at it.
judged of_refusals(machine_facts const& facts) {
    auto const& server = *facts.server;
    bool const late = !server.last_report || is_late(server, facts.now);
    auto const is_cause = [&](store::refusal const& one) {
        bool const harmless = one.kind == refused::clock || one.kind == refused::left_out ||
                              one.kind == "too_much_feedback" ||
                              (!late && !is_of_it_alone(one, server));
        return !harmless && (!server.last_report || one.last > *server.last_report);
    };
    auto const own = std::ranges::find_if(facts.refused, is_cause);
    bool const silent = !server.last_order;
    auto const turned_away = std::ranges::find_if(facts.strangers, [&](store::refusal const& one) {
        auto const before = silent ? std::optional(server.created) : server.last_order;
        return (one.kind == refused::tls || one.kind == refused::room) && is_cause(one) &&
               one.last > *before;
    });
    bool const has_own = own != facts.refused.end();
    bool const has_other = turned_away != facts.strangers.end();
    if (has_own && (!has_other || own->last >= turned_away->last)) {
        return of_refusal(*own, facts);
    }
    return has_other ? judged(of_refusal(*turned_away, facts)) : std::nullopt;
}

// ---- of silence

verdict of_silence(machine_facts const& facts) {
    auto const& server = *facts.server;
    auto const name = shown(server.name);
    auto const where = facts.server_itself.url.empty() ? "this server" : facts.server_itself.url;
    if (!server.last_order && !server.last_report) {
        return {"never_asked", name + " was enrolled (" + time_and_age(server.created, facts.now) +
                                   ") and has never asked for an order: its agent was not started, "
                                   "or does not reach " +
                                   where + "; " + ask_there +
                                   ", `systemctl enable --now trafikito-agent` starts it"};
    }
    bool const asked_since =
        server.last_order && (!server.last_report || *server.last_order > *server.last_report);
    auto const before = std::max(server.created, server.last_report.value_or(server.created));
    bool const just_asked = asked_since && facts.now - *server.last_order < report_due;
    if (just_asked && facts.now - before > longest_wait) { // it may have been off
        return {"no_report",
                name + " asks for orders (" + time_and_age(*server.last_order, facts.now) +
                    ") and no report of it came since " + time_and_age(before, facts.now) +
                    ": unless it was off until now, and its first report is here by " +
                    time_in_table(*server.last_order + report_due) +
                    ", its reports do not get through; " + ask_there};
    }
    if (just_asked) {
        return {"waiting", name + " asked for an order (" +
                               time_and_age(*server.last_order, facts.now) +
                               ") and its report is not here yet: ask again in a minute"};
    }
    if (asked_since) {
        return {"no_report", name + " asks for orders (last at " +
                                 time_in_table(*server.last_order) +
                                 ") and sends no report: " + ask_there};
    }
    return {"silent", name + " has been silent since " +
                          time_and_age(std::max(server.last_order.value_or(server.created),
                                                server.last_report.value_or(server.created)),
                                       facts.now) +
                          ": it is off, its agent does not run, or it does not reach " + where +
                          "; " + ask_there};
}

// ---- of what comes

judged of_order(machine_facts const& facts) {
    auto const& server = *facts.server;
    auto const name = shown(server.name);
    auto const order = api::next_order(server);
    auto const known = known_list(server);
    auto const all = "`trafikito-server order " + base::shell_quoted(server.name) +
                     " --all` asks for all "
                     "that its list offers";
    if (order.names.empty() && server.wanted) {
        return verdict{"empty_order", name + " is asked to run nothing: " + all};
    }
    if (order.names.empty()) {
        return verdict{"empty_list", "the list of " + name +
                                         " offers no command, so there is nothing to ask for: add "
                                         "lines to available_commands.sh on that machine"};
    }
    bool const some = known.empty() || std::ranges::any_of(order.names, [&](auto const& each) {
                          return std::ranges::find(known, each) != known.end();
                      });
    if (!some) {
        return verdict{"foreign_order", name +
                                            " is asked only for commands that its list does not "
                                            "have: " +
                                            all};
    }
    return std::nullopt;
}

judged of_what_comes(machine_facts const& facts) {
    auto const& server = *facts.server;
    auto const name = shown(server.name);
    if (auto found = of_order(facts)) {
        return found;
    }
    auto const clock = std::ranges::find(facts.refused, refused::clock, &store::refusal::kind);
    if (clock != facts.refused.end() && is_recent(clock->last, facts.now)) {
        return verdict{"clock", "the clock of " + name + " is wrong: " + clock_in_words(*clock) +
                                    "; set it on that machine, `timedatectl set-ntp true` keeps it "
                                    "right"};
    }
    if (server.last_data && *server.last_data > facts.now + std::chrono::minutes(5)) {
        return verdict{"own_clock", "this server's clock went back: the newest data of " + name +
                                        " is of " + time_and_age(*server.last_data, facts.now) +
                                        "; set it if it is wrong, `timedatectl` shows it"};
    }
    if (is_recent(server.several_machines, facts.now)) {
        return verdict{"several_machines",
                       "two machines or more report as " + name + " (noticed last at " +
                           time_in_table(*server.several_machines) +
                           "): one is a copy of the other, so enrol the copy anew: "
                           "`trafikito-server enroll-command` prints the line"};
    }
    return std::nullopt;
}

verdict of_server(machine_facts const& facts) {
    auto const& server = *facts.server;
    if (auto found = judge_house(facts)) {
        return *found;
    }
    if (auto found = of_refusals(facts)) {
        return *found;
    }
    if (!server.last_report || is_late(server, facts.now)) {
        return of_silence(facts);
    }
    if (auto found = of_what_comes(facts)) {
        return *found;
    }
    return {"none", "nothing is wrong with " + shown(server.name) + ": its newest data is of " +
                        time_and_age(server.last_data.value_or(*server.last_report), facts.now)};
}

} // namespace

silence judge(machine_facts const& facts) {
    silence all;
    all.title = facts.server ? shown(facts.server->name) + " (" + shown(facts.server->id) + ")"
                             : shown(facts.asked);
    all.lines = lines_of(facts);
    auto found = facts.server ? of_server(facts) : of_nobody(facts);
    all.cause = std::move(found.cause);
    all.sentence = std::move(found.sentence);
    return all;
}

} // namespace trafikito::server::cli
