// Step 10: what the API asks for, against what the list offers.
#include "agent/diagnosis/steps.hpp"
#include "base/shell_quoting.hpp"

#include "base/units.hpp"
#include "config/nearest.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace {

constexpr std::string_view prefix = "trafikito_";
constexpr std::size_t shown = 5;

std::string_view without_prefix(std::string_view name) {
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

/// Of those that are not asked for themselves.
std::string nearest_in(config::command_list const& list, std::vector<std::string> const& asked_for,
                       std::string_view name) {
    std::vector<std::string_view> known;
    for (auto const& one : list.commands) {
        if (std::ranges::find(asked_for, one.name) == asked_for.end()) {
            known.push_back(without_prefix(one.name));
        }
    }
    auto const near = config::nearest(without_prefix(name), known);
    return near ? std::string(prefix) + std::string(*near) : std::string();
}

/// `a, b, c and 4 others`
std::string listed(std::vector<std::string> const& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), shown); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() <= shown ? text
                                 : text + " and " + base::count_of(names.size() - shown, "other");
}

void nobody_asks(known const& so_far, step& result) {
    result.text = "the API asks for no command (" + so_far.order_from + ")";
    result.add({.rank = rank::order,
                .sentence = "the API asks this server for no command: the report holds the list "
                            "and nothing else",
                .advice = "choose its commands there; with a trafikito-server of your own, on its "
                          "machine",
                .command = "trafikito-server order " +
                           base::shell_quoted(so_far.settings().who.server_id) + " --all"});
}

void blame_missing(known const& so_far, std::vector<std::string> const& missing, std::size_t wanted,
                   step& result) {
    auto const& file = so_far.settings().available_commands;
    std::string near;
    for (auto const& name : missing) {
        auto const nearest = nearest_in(*so_far.list, so_far.order->names, name);
        result.details.push_back(name + " is not in the list" +
                                 (nearest.empty() ? "" : "; the nearest one is " + nearest));
        near = near.empty() ? nearest : near;
    }
    bool const all = missing.size() == wanted;
    auto const& first = missing.front();
    result.add({.rank = rank::order,
                .sentence = "the API asks for " + listed(missing) +
                            (missing.size() == 1 ? ", which is not" : ", which are not") +
                            " in the list " + file.string() +
                            (all ? ": nothing runs" : ": no data comes of it"),
                .advice = near.empty()
                              ? "add a line " + first + "=\"…\" to it, or no longer ask for it"
                              : "the list has " + near + ": call the line so, or ask for that one",
                .command = near.empty()
                               ? ""
                               : "sed -i " +
                                     base::shell_quoted("s/^" + near + "=/" + first + "=/") + ' ' +
                                     base::shell_quoted(file.native())});
}

} // namespace

step look_at_order(known& so_far) {
    step result;
    if (!so_far.order && so_far.state && so_far.state->last_order) {
        so_far.order = so_far.state->last_order;
        so_far.order_from = "its last order";
    }
    if (!so_far.order) {
        result.is = verdict::skipped;
        result.text = "no order is known";
        return result;
    }
    auto const& names = so_far.order->names;
    if (names.empty()) {
        nobody_asks(so_far, result);
        return result;
    }
    result.text =
        base::count_of(names.size(), "command") + " asked for (" + so_far.order_from + ")";
    if (!so_far.list) {
        return result;
    }
    std::vector<std::string> missing;
    for (auto const& name : names) {
        if (auto const* const refused = so_far.list->find_refused(name)) {
            result.add({.rank = rank::order,
                        .sentence = name + " is asked for and must not be run: " + refused->reason,
                        .advice = "line " + std::to_string(refused->line_number) + " of " +
                                  so_far.settings().available_commands.string(),
                        .command = {}});
        } else if (so_far.list->find(name) == nullptr) {
            missing.push_back(name);
        }
    }
    if (!missing.empty() && !so_far.list->commands.empty()) {
        blame_missing(so_far, missing, names.size(), result);
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
